package org.counterweight.merge.dynamic;

import static org.bytedeco.pytorch.global.torch.where;
import static org.counterweight.engine.Tensors.logSoftmax;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.sum;

import org.bytedeco.pytorch.Tensor;

/** H = −Σ p log p over the last dimension. */
public final class Entropy {
    private Entropy() {}

    /** Of softmax(logits), with a gradient; 0 log 0 is 0: {@code [..., classes] -> [...]}. */
    public static Tensor of(Tensor logits) {
        Tensor logP = logSoftmax(logits, -1);
        Tensor p = logP.exp();
        return sum(where(p.eq(scalar(0)), scalar(0), p.mul(logP)), false, -1).neg();
    }
}
