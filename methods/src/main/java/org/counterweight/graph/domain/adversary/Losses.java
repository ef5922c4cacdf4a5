package org.counterweight.graph.domain.adversary;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** What a discriminator of domains minimises. */
public final class Losses {
    private Losses() {}

    /**
     * The mean binary cross-entropy of a discriminator's logits, if all its rows are of the source (0) or the target (1), in nats.
     *
     * @param logits {@code [nodes]}
     */
    public static Tensor domain(Tensor logits, boolean isTarget) {
        Tensor wanted = isTarget ? torch.ones_like(logits) : torch.zeros_like(logits);
        return torch.binary_cross_entropy_with_logits(logits, wanted);
    }

    /**
     * The same with rows that count more or less.
     *
     * @param weights {@code [nodes]}, at least 0; their mean is to be 1
     */
    public static Tensor domain(Tensor logits, boolean isTarget, Tensor weights) {
        Tensor each = torch.softplus(isTarget ? logits.neg() : logits);
        return each.mul(weights).mean();
    }
}
