package org.counterweight.merge.block;

/** w = s w_1: a layer passed through, louder or softer; at s = 1 as it is. */
public record ScaledCopy(double scale) implements TensorMerge {
    @Override
    public void combine(double[][] inputs, int count, long from, double[] result) {
        Blocks.scale(inputs[0], scale, count, result);
    }
}
