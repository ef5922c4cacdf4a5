package org.counterweight.graph.domain.adversary;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;

/**
 * What a discriminator is shown if it is to see classes too, CDAN: M. Long et al., "Conditional Adversarial Domain Adaptation",
 * NeurIPS 2018. Predictions are taken as they are: no gradient flows into them from here.
 */
public final class Conditional {
    private Conditional() {}

    /**
     * The outer product of embedding and prediction, {@code [nodes, width C]}, in the embedding's place before a discriminator.
     *
     * @param h {@code [nodes, width]}
     * @param logits of the classes, {@code [nodes, C]}
     */
    public static Tensor rows(Tensor h, Tensor logits) {
        Tensor p = Tensors.softmax(logits.detach(), 1);
        return h.unsqueeze(2).mul(p.unsqueeze(1)).flatten(1, 2);
    }

    /** 1 + exp(−H(p)), scaled to a mean of 1, {@code [nodes]}: nodes count more whose class is clear. */
    public static Tensor certainty(Tensor logits) {
        Tensor logs = Tensors.logSoftmax(logits.detach(), 1);
        Tensor weights =
                Tensors.plus(Tensors.sum(logs.exp().mul(logs), false, 1).exp(), 1);
        return weights.div(weights.mean());
    }
}
