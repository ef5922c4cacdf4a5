package org.counterweight.distill.siamese;

import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;

/**
 * A change of images with its draws in it: the same whenever it is applied, and affine in the images. Draws are one an image, or
 * a single one for all.
 *
 * <p>{@code [n, channels, height, width] -> } the same shape. It can be differentiated once.
 */
public sealed interface Transform extends UnaryOperator<Tensor>
        permits Transform.Sequence, Flip, Brightness, Saturation, Contrast, Crop, Cutout, Affine {
    /** One after the other. */
    record Sequence(List<Transform> parts) implements Transform {
        public Sequence {
            parts = List.copyOf(parts);
        }

        @Override
        public Tensor apply(Tensor images) {
            Tensor changed = images;
            for (Transform part : parts) {
                changed = part.apply(changed);
            }
            return changed;
        }
    }

    /** Draws where images are: {@code [n] or [1] -> [n or 1, 1, 1, 1]}, in their own type. */
    static Tensor at(Tensor draws, Tensor images) {
        return Tensors.to(draws, images.device()).view(-1, 1, 1, 1);
    }

    /** The same in the images' type. */
    static Tensor beside(Tensor draws, Tensor images) {
        return Tensors.as(at(draws, images), images);
    }
}
