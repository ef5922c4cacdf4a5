package org.counterweight.merge.stream;

import static org.bytedeco.pytorch.global.torch.full_like;
import static org.counterweight.engine.Tensors.scalar;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Keeps elements by chance: all with the same probability in DARE (L. Yu et al., "Language Models are Super Mario", ICML
 * 2024), the larger ones of each row more probably in DELLA (P. Deep et al., "DELLA-Merging", 2024).
 *
 * @param keep which elements are kept, given their probabilities
 * @param divides whether what is kept is divided by its probability, as the papers have it
 */
record RandomThinning(Probability probability, Mask keep, boolean divides) implements Thinning {
    /** The probability with which each element of a block is kept, float32, of the block's shape. */
    @FunctionalInterface
    interface Probability {
        Tensor of(Tensor delta);
    }

    /** Decides for the elements from {@code from} on: 1 or true keeps. */
    @FunctionalInterface
    interface Mask {
        Tensor of(Tensor probability, long from);
    }

    /** Keeps what {@code draws} says. */
    static Mask by(Draws draws) {
        return (probability, from) ->
                draws.block(from, Math.toIntExact(probability.numel())).lt(probability);
    }

    /** The same probability for all. */
    static Probability even(double density) {
        return delta -> full_like(delta.to(ScalarType.Float), scalar(density));
    }

    @Override
    public Tensor apply(Tensor delta, long from) {
        Tensor p = probability.of(delta);
        Tensor kept = delta.mul(keep.of(p, from).to(delta.scalar_type()));
        return divides ? kept.div_(p.to(delta.scalar_type())) : kept;
    }
}
