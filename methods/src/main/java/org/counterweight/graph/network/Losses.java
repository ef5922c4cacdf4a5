package org.counterweight.graph.network;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** What node classifiers minimise. */
public final class Losses {
    private Losses() {}

    /**
     * The mean cross-entropy over some nodes.
     *
     * @param logits {@code [nodes, C]}
     * @param labels {@code int64 [nodes]}
     * @param nodes {@code int64 [n]}
     */
    public static Tensor classes(Tensor logits, Tensor labels, Tensor nodes) {
        return torch.cross_entropy_loss(logits.index_select(0, nodes), labels.index_select(0, nodes));
    }

    /** The mean binary cross-entropy of a discriminator's logits, if all its rows are of the source (0) or the target (1). */
    public static Tensor domain(Tensor logits, boolean isTarget) {
        Tensor wanted = isTarget ? torch.ones_like(logits) : torch.zeros_like(logits);
        return torch.binary_cross_entropy_with_logits(logits, wanted);
    }

    /** The same with rows that count more or less. */
    public static Tensor domain(Tensor logits, boolean isTarget, Tensor weights) {
        Tensor each = torch.softplus(isTarget ? logits.neg() : logits);
        return each.mul(weights).mean();
    }
}
