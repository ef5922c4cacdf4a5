package org.counterweight.distill.siamese;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;

/**
 * Mirrors left for right where u &lt; share.
 *
 * @param u in [0, 1), {@code [n]} or {@code [1]}
 */
public record Flip(Tensor u, double share) implements Transform {
    @Override
    public Tensor apply(Tensor images) {
        Tensor chosen = Transform.at(u, images).lt(Tensors.scalar(share));
        return torch.where(chosen, images.flip(-1), images);
    }
}
