package org.counterweight.merge.update;

import java.util.Comparator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Which share of the old model to ship.
 *
 * @param index its place in the grid
 * @param feasible whether any share met the constraint; if none did, the smallest is chosen
 */
public record AlphaChoice(int index, double alpha, boolean feasible) {
    /** Far below what one instance is worth: percentages are rounded, and an equal one must not count as lower. */
    private static final double ROUNDING = 1e-9;

    /**
     * The lowest flip rate among those that keep the new model's accuracy; of equals the more accurate, then the larger
     * share. With a limit on the flip rate instead: the highest accuracy within it; of equals the lower flip rate, then the
     * larger share.
     *
     * @param accuracy percent, one a share
     * @param nfr percent, one a share
     * @param accNew the new model's accuracy, percent
     * @param tolerance points of accuracy that may be lost
     * @param maxNfr percent, or null
     */
    public static AlphaChoice of(
            double[] alphas,
            double[] accuracy,
            double[] nfr,
            double accNew,
            double tolerance,
            @Nullable Double maxNfr) {
        Comparator<Integer> accurate = Comparator.comparingDouble(i -> -accuracy[i]);
        Comparator<Integer> calm = Comparator.comparingDouble(i -> nfr[i]);
        Comparator<Integer> old = Comparator.comparingDouble(i -> -alphas[i]);
        Comparator<Integer> best = maxNfr == null
                ? calm.thenComparing(accurate).thenComparing(old)
                : accurate.thenComparing(calm).thenComparing(old);
        return IntStream.range(0, alphas.length)
                .boxed()
                .filter(i ->
                        maxNfr == null ? accuracy[i] >= accNew - tolerance - ROUNDING : nfr[i] <= maxNfr + ROUNDING)
                .min(best)
                .map(i -> new AlphaChoice(i, alphas[i], true))
                .orElseGet(() -> {
                    int smallest = IntStream.range(0, alphas.length)
                            .boxed()
                            .min(Comparator.comparingDouble(i -> alphas[i]))
                            .orElseThrow();
                    return new AlphaChoice(smallest, alphas[smallest], false);
                });
    }
}
