package org.counterweight.distill.siamese;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;

/**
 * Moves images: the pixel in row i and column j is the one that was in row i + r and column j + c; 0 where there was none.
 *
 * @param rows r, {@code int64 [n]} or {@code [1]}
 * @param columns c, {@code int64 [n]} or {@code [1]}
 */
public record Crop(Tensor rows, Tensor columns) implements Transform {
    private static final int HEIGHT = 2;
    private static final int WIDTH = 3;

    @Override
    public Tensor apply(Tensor images) {
        return moved(moved(images, HEIGHT, rows), WIDTH, columns);
    }

    private static Tensor moved(Tensor images, int dim, Tensor by) {
        long size = images.size(dim);
        long[] along = {1, 1, 1, 1};
        along[dim] = size;
        Tensor offsets = Transform.at(by, images);
        Tensor places = offsets.add(
                torch.arange(new Scalar(size), Tensors.options(offsets)).view(along));
        Tensor within = places.clamp_min(new Scalar(0L)).clamp_max(new Scalar(size - 1));
        return images.gather(dim, within.expand(Tensors.shape(images))).masked_fill(places.ne(within), new Scalar(0.0));
    }
}
