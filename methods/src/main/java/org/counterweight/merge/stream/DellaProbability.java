package org.counterweight.merge.stream;

import java.util.Arrays;

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
 */
record DellaProbability(double density, double epsilon, int ranked, int inner) implements RandomThinning.Probability {
    @Override
    public void of(double[] delta, int count, double[] probabilities) {
        double step = ranked > 1 ? 2 * epsilon / (ranked - 1) : 0;
        double least = ranked > 1 ? density - epsilon : density;
        long[] keys = new long[ranked]; // the magnitude's bits above the place, so that no two are equal
        for (int row = 0; row < count; row += ranked * inner) {
            for (int column = row; column < row + inner; column++) {
                for (int i = 0; i < ranked; i++) {
                    keys[i] = (long) MagnitudeRanks.bits(delta[column + i * inner]) << Integer.SIZE | i;
                }
                Arrays.sort(keys);
                for (int rank = 0; rank < ranked; rank++) {
                    probabilities[column + (int) keys[rank] * inner] = least + rank * step;
                }
            }
        }
    }
}
