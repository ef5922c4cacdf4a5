package org.counterweight.model.part.image;

import static org.counterweight.engine.Tensors.as;
import static org.counterweight.engine.Tensors.linear;
import static org.counterweight.engine.Tensors.slice;

import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Params;
import org.counterweight.model.module.ModuleSpec;
import org.counterweight.model.module.ModuleSpec.Kind;
import org.counterweight.model.part.Shapes;

/**
 * An image cut into patches, each of which becomes a vector: a convolution whose stride is its size.
 *
 * @param module the convolution, its weight {@code [width, channels, height, width of a patch]}
 * @param rows height of a patch
 * @param columns width of a patch
 */
public record Patches(String module, int channels, int rows, int columns, boolean biased) {
    /**
     * @param image {@code [rows, channels, height, width]}; what is left at the right and the bottom is not seen
     * @return {@code [rows, patches, width]}, line by line
     */
    public Tensor of(Params at, Tensor image) {
        if (image.dim() != 4 || image.size(1) != channels) {
            throw new IllegalArgumentException("pixel_values: " + Arrays.toString(Tensors.shape(image))
                    + ", but the model reads [rows, " + channels + ", height, width] (num_channels)");
        }
        long down = image.size(2) / rows;
        long across = image.size(3) / columns;
        Tensor seen = slice(slice(image, 2, 0, down * rows), 3, 0, across * columns);
        Tensor cut = seen.reshape(image.size(0), channels, down, rows, across, columns)
                .permute(0, 2, 4, 1, 3, 5)
                .reshape(image.size(0), down * across, (long) channels * rows * columns);
        Tensor weight = at.weight(module + ".weight");
        Tensor bias = at.find(module + ".bias");
        Tensor product =
                linear(as(cut, weight), weight.view(weight.size(0), -1), bias == null ? null : as(bias, weight));
        return as(product, image);
    }

    /** {@code shapes} with the convolution's, below {@code prefix}. */
    public Shapes shapes(Shapes shapes, String prefix, long width) {
        shapes.module(new ModuleSpec(prefix + module, Kind.CONVOLUTION), width, channels, rows, columns);
        return biased ? shapes.put(prefix + module + ".bias", width) : shapes;
    }
}
