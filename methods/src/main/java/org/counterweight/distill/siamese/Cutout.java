package org.counterweight.distill.siamese;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;

/**
 * Blackens a rectangle of each image. Of one that reaches over the border, the border is blackened, even where it lies beyond
 * altogether.
 *
 * @param rows where its middle is, {@code int64 [n]} or {@code [1]}: in [0, height) where its own height is odd, [0, height]
 *     where even
 * @param columns the same across
 * @param height of the rectangle
 * @param width of the rectangle
 */
public record Cutout(Tensor rows, Tensor columns, int height, int width) implements Transform {
    private static final int DOWN = 2;
    private static final int ACROSS = 3;

    @Override
    public Tensor apply(Tensor images) {
        if (height == 0 || width == 0) {
            return images;
        }
        Tensor covered = covered(images, DOWN, rows, height).logical_and(covered(images, ACROSS, columns, width));
        return images.masked_fill(covered, new Scalar(0.0));
    }

    /** Which places along that dimension lie in clamp(offset − ⌊length/2⌋ + (0 … length − 1)). */
    private static Tensor covered(Tensor images, int dim, Tensor offsets, int length) {
        long size = images.size(dim);
        long[] along = {1, 1, 1, 1};
        along[dim] = size;
        Tensor middles = Transform.at(offsets, images);
        Tensor places = torch.arange(new Scalar(size), Tensors.options(middles)).view(along);
        Tensor first = middles.sub(new Scalar((long) (length / 2)));
        Tensor last = first.add(new Scalar((long) (length - 1)));
        return places.ge(clamped(first, size)).logical_and(places.le(clamped(last, size)));
    }

    private static Tensor clamped(Tensor places, long size) {
        return places.clamp_min(new Scalar(0L)).clamp_max(new Scalar(size - 1));
    }
}
