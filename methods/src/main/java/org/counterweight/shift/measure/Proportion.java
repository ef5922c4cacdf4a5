package org.counterweight.shift.measure;

/**
 * A share of some rows with its 95 % interval.
 *
 * <p>E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 1927.
 *
 * @param found rows that are counted
 * @param of rows that there are
 */
public record Proportion(double found, double of) {
    /** Fewer rows than this tell nothing about a group. */
    public static final int FEW = 30;

    private static final double QUANTILE = 1.959963984540054;

    public double share() {
        return found / of;
    }

    public double low() {
        return centre() - reach();
    }

    public double high() {
        return centre() + reach();
    }

    /** Whether there are too few rows to say anything. */
    public boolean tooFew() {
        return of < FEW;
    }

    private double centre() {
        return (found + QUANTILE * QUANTILE / 2) / (of + QUANTILE * QUANTILE);
    }

    private double reach() {
        double p = share();
        return QUANTILE / (of + QUANTILE * QUANTILE) * Math.sqrt(of * p * (1 - p) + QUANTILE * QUANTILE / 4);
    }
}
