package org.counterweight.shift.abtest;

import static org.counterweight.engine.Tensors.doubles;

import org.counterweight.engine.Scope;

/** Student's t distribution with any positive number of degrees of freedom. */
public final class StudentT {
    private static final double TINY = 1e-300;
    private static final int MOST_TERMS = 1000;

    private StudentT() {}

    /** Pr(|T| > |t|). */
    public static double twoSided(double t, double df) {
        if (Double.isNaN(t) || Double.isNaN(df)) {
            return Double.NaN;
        }
        return t == 0 ? 1 : beta(df / (df + t * t), df / 2, 0.5);
    }

    /** The t with Pr(|T| > t) = 1 − confidence. */
    public static double quantile(double confidence, double df) {
        double low = 0;
        double high = 1;
        while (twoSided(high, df) > 1 - confidence) {
            high *= 2;
        }
        for (int i = 0; i < 200 && high - low > 1e-15 * high; i++) {
            double middle = (low + high) / 2;
            if (twoSided(middle, df) > 1 - confidence) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }

    /** The regularised incomplete beta function, by its continued fraction (DLMF 8.17.22, with Lentz's method). */
    private static double beta(double x, double a, double b) {
        if (x <= 0 || x >= 1) {
            return x <= 0 ? 0 : 1;
        }
        double front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
        return x < (a + 1) / (a + b + 2) ? front * fraction(x, a, b) / a : 1 - front * fraction(1 - x, b, a) / b;
    }

    private static double fraction(double x, double a, double b) {
        double c = 1;
        double d = 1 / away(1 - (a + b) * x / (a + 1));
        double value = d;
        for (int m = 1; m <= MOST_TERMS; m++) {
            double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 / away(1 + even * d);
            c = away(1 + even / c);
            value *= d * c;
            double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / away(1 + odd * d);
            c = away(1 + odd / c);
            value *= d * c;
            if (Math.abs(d * c - 1) < 1e-16) {
                break;
            }
        }
        return value;
    }

    private static double away(double value) {
        return Math.abs(value) < TINY ? TINY : value;
    }

    private static double logGamma(double x) {
        try (var scope = Scope.open()) {
            return doubles(new double[] {x}).lgamma().item_double();
        }
    }
}
