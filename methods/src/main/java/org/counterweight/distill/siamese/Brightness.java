package org.counterweight.distill.siamese;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;

/**
 * x + (u − 0.5) · strength.
 *
 * @param u in [0, 1), {@code [n]} or {@code [1]}
 */
public record Brightness(Tensor u, double strength) implements Transform {
    @Override
    public Tensor apply(Tensor images) {
        return images.add(Tensors.times(Tensors.plus(Transform.beside(u, images), -0.5), strength));
    }
}
