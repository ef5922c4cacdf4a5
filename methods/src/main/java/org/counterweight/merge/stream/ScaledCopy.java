package org.counterweight.merge.stream;

import static org.counterweight.engine.Tensors.scalar;

import org.bytedeco.pytorch.Tensor;

/** w = s w_1: a layer passed through, louder or softer. */
record ScaledCopy(double scale) implements TensorMerge {
    @Override
    public Tensor combine(Tensor[] inputs, long from) {
        return inputs[0].mul(scalar(scale));
    }
}
