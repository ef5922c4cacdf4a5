package org.counterweight.distill.siamese;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;

/**
 * (x − m) · (u + least) + m, m the mean of each image.
 *
 * @param u in [0, 1), {@code [n]} or {@code [1]}
 */
public record Contrast(Tensor u, double least) implements Transform {
    @Override
    public Tensor apply(Tensor images) {
        Tensor mean = Tensors.mean(images, true, 1, 2, 3);
        return images.sub(mean)
                .mul(Tensors.plus(Transform.beside(u, images), least))
                .add(mean);
    }
}
