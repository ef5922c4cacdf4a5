package org.counterweight.merge.thin;

import java.util.Arrays;
import java.util.Objects;
import java.util.stream.IntStream;
import org.counterweight.merge.block.Rounding;
import org.jspecify.annotations.Nullable;

/**
 * p = (ρ − ε) + 2 ε rank / (m − 1), rank from 0 for the smallest of the m magnitudes in a row; ρ where m is 1. Among equal
 * magnitudes the lower index has the lower rank.
 *
 * <p>P. Deep, R. Bhardwaj, S. Poria, "DELLA-Merging: Reducing Interference in Model Merging through Magnitude-Based
 * Sampling", 2024; constants as in mergekit.
 *
 * @param density ρ
 * @param epsilon ε
 * @param ranked m: what is ranked together lies along the second dimension
 * @param inner how many elements the dimensions behind the second have
 * @param rounding null for exact probabilities; else mergekit's, whose ranks are rounded too
 */
public record DellaProbability(
        double density,
        double epsilon,
        int ranked,
        int inner,
        @Nullable Rounding rounding) implements RandomThinning.Probability {
    @Override
    public void of(double[] delta, int count, double[] probabilities) {
        double[] byRank = IntStream.range(0, ranked).mapToDouble(this::at).toArray();
        long[] keys = new long[ranked]; // the magnitude's bits above the place, so that no two are equal
        for (int row = 0; row < count; row += ranked * inner) {
            for (int column = row; column < row + inner; column++) {
                for (int i = 0; i < ranked; i++) {
                    keys[i] = (long) MagnitudeRanks.bits(delta[column + i * inner]) << Integer.SIZE | i;
                }
                Arrays.sort(keys);
                for (int rank = 0; rank < ranked; rank++) {
                    probabilities[column + (int) keys[rank] * inner] = byRank[rank];
                }
            }
        }
    }

    private double at(int rank) {
        if (ranked == 1) {
            return density;
        }
        if (rounding == null) {
            return density - epsilon + rank * (2 * epsilon / (ranked - 1));
        }
        double above = rounding.of(fromOne(rank) - fromOne(0));
        double share = rounding.of(above / rounding.of(fromOne(ranked - 1) - fromOne(0)));
        double spread = rounding.of(rounding.of(2 * Math.min(1, share)) * rounding.partial(epsilon));
        return rounding.of(
                spread + rounding.of(density - epsilon)); // a number that is added is rounded, a factor is not
    }

    /** A rank counted from 1, in as many digits as the type has. */
    private double fromOne(int rank) {
        return Objects.requireNonNull(rounding).of(rounding.of(rank) + 1);
    }
}
