package org.counterweight.guide.shape;

/**
 * {@code (1 - cos(pi (1 - u)^s)) / 2}: increases, the later the larger s.
 *
 * @param s above 0; 1 is half the cosine, towards 0 the constant 1
 */
public record PowerCosine(double s) implements Shape {
    @Override
    public double at(Grid.Point point) {
        return (1 - Math.cos(Math.PI * Math.pow(Math.max(0, 1 - point.u()), s))) / 2;
    }

    /**
     * By the cosine's series, integrated term by term: {@code integral of cos(pi v^s) = sum_k (-1)^k pi^2k / ((2k)! (2ks + 1))},
     * which converges for every s as fast as the cosine's own.
     */
    @Override
    public double mean() {
        double term = 1;
        double integral = 1;
        for (int k = 1; Math.abs(term) > 1e-18; k++) {
            term *= -Math.PI * Math.PI / ((2.0 * k - 1) * (2.0 * k));
            integral += term / (2 * k * s + 1);
        }
        return (1 - integral) / 2;
    }
}
