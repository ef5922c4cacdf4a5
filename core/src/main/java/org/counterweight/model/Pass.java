package org.counterweight.model;

import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;
import org.jspecify.annotations.Nullable;

/**
 * How a forward pass is made: for evaluation, where nothing is random, or for training, where dropout draws from the given
 * generator. There is no hidden mode in a model.
 */
public final class Pass {
    private static final Pass EVALUATION = new Pass(null);

    private final @Nullable Generator random;

    private Pass(@Nullable Generator random) {
        this.random = random;
    }

    public static Pass evaluation() {
        return EVALUATION;
    }

    public static Pass training(Generator random) {
        return new Pass(random);
    }

    public boolean isTraining() {
        return random != null;
    }

    /**
     * {@code x} with each element zeroed with probability p and the rest divided by 1 − p; {@code x} itself in evaluation
     * or for p = 0.
     */
    public Tensor dropout(Tensor x, double p) {
        if (random == null || p == 0) {
            return x;
        }
        // LibTorch's own dropout takes no generator: the run would not repeat.
        Tensor keep = torch.empty_like(x).bernoulli_(1 - p, Tensors.optional(random));
        return x.mul(keep.div_(Tensors.scalar(1 - p)));
    }
}
