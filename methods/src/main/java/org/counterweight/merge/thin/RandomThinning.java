package org.counterweight.merge.thin;

import java.util.Arrays;
import org.counterweight.merge.block.Thinning;

/**
 * Keeps elements by chance: all with the same probability in DARE (L. Yu et al., "Language Models are Super Mario", ICML
 * 2024), the larger ones of each row more probably in DELLA (P. Deep et al., "DELLA-Merging", 2024).
 */
public final class RandomThinning implements Thinning {
    /** The probabilities with which the elements of a block are kept. */
    @FunctionalInterface
    interface Probability {
        void of(double[] delta, int count, double[] probabilities);
    }

    /** Whether the element at {@code index} is kept. */
    @FunctionalInterface
    public interface Mask {
        boolean keeps(long index, double probability);
    }

    private final Probability probability;
    private final Mask mask;
    private final boolean divides;
    private double[] probabilities = new double[0];

    /**
     * @param mask which elements are kept, given their probabilities
     * @param divides whether what is kept is divided by its probability, as the papers have it
     */
    public RandomThinning(Probability probability, Mask mask, boolean divides) {
        this.probability = probability;
        this.mask = mask;
        this.divides = divides;
    }

    /** The same probability for all. */
    public static Probability even(double density) {
        return (delta, count, probabilities) -> Arrays.fill(probabilities, 0, count, density);
    }

    @Override
    public void apply(double[] delta, int count, long from) {
        if (probabilities.length < count) {
            probabilities = new double[count];
        }
        probability.of(delta, count, probabilities);
        for (int i = 0; i < count; i++) {
            double p = probabilities[i];
            if (!mask.keeps(from + i, p)) {
                delta[i] = 0;
            } else if (divides) {
                delta[i] /= p;
            }
        }
    }
}
