package org.counterweight.merge.block;

import org.jspecify.annotations.Nullable;

/**
 * w = Σ a_i w_i, divided by Σ a_i if normalised; with equal weights the uniform soup (M. Wortsman et al., "Model soups",
 * ICML 2022).
 *
 * @param weights a_i
 * @param rounding null for one rounding at the end; else mergekit's, in its order of operations
 */
public record LinearMerge(
        double[] weights, boolean normalize, @Nullable Rounding rounding) implements TensorMerge {
    @Override
    public void combine(double[][] inputs, int count, long from, double[] result) {
        if (rounding != null) {
            combineAsMergekit(inputs, count, rounding, result);
            return;
        }
        double total = 0;
        for (double weight : weights) {
            total += weight;
        }
        double divisor = normalize ? total : 1;
        Blocks.scale(inputs[0], weights[0] / divisor, count, result);
        for (int k = 1; k < weights.length; k++) {
            Blocks.add(inputs[k], weights[k] / divisor, count, result);
        }
    }

    private void combineAsMergekit(double[][] inputs, int count, Rounding round, double[] result) {
        double total = 0;
        for (double weight : weights) {
            total = round.partial(total + round.of(weight));
        }
        double divisor = round.of(total);
        for (int i = 0; i < count; i++) {
            double sum = 0;
            for (int k = 0; k < weights.length; k++) {
                sum = round.partial(sum + round.of(round.of(weights[k]) * inputs[k][i]));
            }
            result[i] = normalize ? round.of(round.of(sum) / divisor) : round.of(sum);
        }
    }
}
