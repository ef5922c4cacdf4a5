package org.counterweight.merge.block;

/**
 * w = w_0 + t · mean δ_i with δ_i = w_i − w_0: from the base so far towards the mean of the others.
 *
 * @param base the index of the base among the inputs
 * @param ratios t; one for the whole tensor, or one a row
 * @param width the length of a row; blocks hold whole rows where each has its ratio
 */
public record TowardsMean(int base, double[] ratios, long width) implements TensorMerge {
    @Override
    public void combine(double[][] inputs, int count, long from, double[] result) {
        if (ratios.length == 1) {
            whole(base, inputs, ratios[0], count, result);
            return;
        }
        double[][] deltas = deltas(base, inputs, count);
        System.arraycopy(inputs[base], 0, result, 0, count);
        int row = Math.toIntExact(width);
        for (int at = 0; at < count; at += row) {
            add(deltas, ratios[Math.toIntExact((from + at) / width)], at, row, result);
        }
    }

    /** A whole block with one ratio; the inputs stay as they are. */
    static void whole(int base, double[][] inputs, double ratio, int count, double[] result) {
        double share = ratio / (inputs.length - 1);
        int first = base == 0 ? 1 : 0;
        Blocks.interpolate(inputs[base], inputs[first], share, count, result);
        for (int i = first + 1; i < inputs.length; i++) {
            if (i != base) {
                Blocks.addDifference(inputs[i], inputs[base], share, count, result);
            }
        }
    }

    /** result += t · mean δ_i, for {@code count} elements from {@code at} on. */
    static void add(double[][] deltas, double ratio, int at, int count, double[] result) {
        double share = ratio / deltas.length;
        for (double[] delta : deltas) {
            for (int i = at; i < at + count; i++) {
                result[i] += delta[i] * share;
            }
        }
    }

    /** δ_i in the places of the models. */
    static double[][] deltas(int base, double[][] inputs, int count) {
        double[][] deltas = new double[inputs.length - 1][];
        for (int i = 0; i < deltas.length; i++) {
            deltas[i] = inputs[i < base ? i : i + 1];
            Blocks.subtract(inputs[base], count, deltas[i]);
        }
        return deltas;
    }
}
