package org.counterweight.graph.domain.adversary;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;

/**
 * A layer that changes nothing and turns the gradient round: Y. Ganin et al., "Domain-Adversarial Training of Neural Networks",
 * JMLR 2016. What comes before it learns to confuse what comes after.
 */
public final class GradientReversal {
    private GradientReversal() {}

    /**
     * {@code h} itself, whose gradient is multiplied by −α.
     *
     * @param h of any shape
     * @param alpha α, at least 0
     */
    public static Tensor apply(Tensor h, double alpha) {
        Tensor value = h.detach();
        return value.sub(Tensors.times(h.sub(value), alpha)); // h - h is exactly 0
    }
}
