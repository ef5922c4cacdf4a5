package org.counterweight.edit.measure;

import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * Between which radii rephrasings are answered as their edit is, and other inputs are left alone: from the 90 % quantile of
 * the distances between rephrasings of one input, to half the 1 % quantile of those from edits to inputs that are right
 * already. The rule is ours.
 *
 * @param reaches the radius that nine of ten rephrasings lie within
 * @param spares the radius that spares 99 of 100 other inputs
 */
public record RadiusChoice(double reaches, double spares) {
    /**
     * @param rephrased distances between rephrasings of one input; at least one
     * @param others distances from edits to inputs that are right already; at least one
     */
    public static RadiusChoice of(double[] rephrased, double[] others) {
        return new RadiusChoice(quantile(rephrased, 0.9), quantile(others, 0.01) / 2);
    }

    /** The middle between the two; none where they overlap, and no radius does both: another layer may. */
    public OptionalDouble suggestion() {
        return reaches < spares ? OptionalDouble.of((reaches + spares) / 2) : OptionalDouble.empty();
    }

    /** Between the two nearest numbers where the quantile falls between, as numpy's default. */
    static double quantile(double[] numbers, double share) {
        double[] sorted = numbers.clone();
        Arrays.sort(sorted);
        double at = share * (sorted.length - 1);
        int below = (int) Math.floor(at);
        int above = Math.min(sorted.length - 1, below + 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
}
