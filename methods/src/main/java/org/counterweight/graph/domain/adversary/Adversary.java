package org.counterweight.graph.domain.adversary;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.Perceptron;

/**
 * A discriminator of domains behind a {@link GradientReversal}: DANN.
 *
 * @param discriminator of one output
 */
public record Adversary(Perceptron discriminator) {
    /**
     * What a discriminator says of both domains.
     *
     * @param source logits of the source's nodes, {@code [nodes]}; above 0 is the target
     * @param target logits of the target's nodes, {@code [nodes]}
     */
    public record Verdict(Tensor source, Tensor target) {
        /** The mean loss over the source's nodes. */
        public Tensor sourceLoss() {
            return Losses.domain(source, false);
        }

        /** The mean loss over the target's nodes. */
        public Tensor targetLoss() {
            return Losses.domain(target, true);
        }
    }

    /**
     * Judges embeddings of all nodes of both domains, {@code [nodes, width]} each.
     *
     * @param params the discriminator's, which get the plain gradient
     * @param alpha by how much the gradient is reversed for the encoder
     */
    public Verdict judge(Params params, Tensor source, Tensor target, double alpha) {
        return new Verdict(logits(params, source, alpha), logits(params, target, alpha));
    }

    private Tensor logits(Params params, Tensor h, double alpha) {
        return discriminator
                .apply(params, GradientReversal.apply(h, alpha), Pass.evaluation()) // nothing in it is random
                .squeeze(1);
    }
}
