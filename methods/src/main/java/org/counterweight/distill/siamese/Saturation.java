package org.counterweight.distill.siamese;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;

/**
 * (x − m) · u · strength + m, m the mean of each pixel's channels.
 *
 * @param u in [0, 1), {@code [n]} or {@code [1]}
 */
public record Saturation(Tensor u, double strength) implements Transform {
    @Override
    public Tensor apply(Tensor images) {
        Tensor mean = Tensors.mean(images, true, 1);
        return images.sub(mean)
                .mul(Tensors.times(Transform.beside(u, images), strength))
                .add(mean);
    }
}
