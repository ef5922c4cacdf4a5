package org.counterweight.model.part.image;

import static org.counterweight.engine.Tensors.slice;

import java.util.List;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.Shapes;

/**
 * What an image transformer's first layer reads: tokens of the model's own, then the patches, each with its place.
 *
 * @param tokens the names of what stands before the patches: the class token first
 * @param flatTokens whether a token is {@code [width]}; else {@code [1, 1, width]}
 * @param positions the name of the tensor with a row for each token and patch
 * @param flatPositions whether it is {@code [places, width]}; else {@code [1, places, width]}
 * @param height of the images that the places are of
 * @param width of these images
 * @param stretches whether places are interpolated for images of another size; else such are refused
 */
public record ImageEmbeddings(
        Patches patches,
        List<String> tokens,
        boolean flatTokens,
        String positions,
        boolean flatPositions,
        int height,
        int width,
        boolean stretches,
        double dropout) {

    public ImageEmbeddings {
        tokens = List.copyOf(tokens);
    }

    /**
     * @param image {@code [rows, channels, height, width]}
     * @return {@code [rows, tokens + patches, width]}
     * @throws IllegalArgumentException if the images are of another size and places do not stretch
     */
    public Tensor apply(Params at, Tensor image, Pass pass) {
        Tensor seen = patches.of(at, image);
        Tensor places = at.weight(positions);
        long size = places.size(-1);
        var all = new TensorVector();
        for (String token : tokens) {
            all.push_back(at.weight(token).view(1, 1, size).expand(seen.size(0), 1, size));
        }
        all.push_back(seen);
        Tensor x = torch.cat(all, 1);
        return pass.dropout(x.add(fitted(places.view(1, -1, size), image)), dropout);
    }

    private Tensor fitted(Tensor places, Tensor image) {
        long down = image.size(2);
        long across = image.size(3);
        if (!stretches) {
            if (down != height || across != width) {
                throw new IllegalArgumentException("pixel_values: images of " + down + " x " + across
                        + ", but the model reads " + height + " x " + width + " (image_size); resize them");
            }
            return places;
        }
        long count = (down / patches.rows()) * (across / patches.columns());
        return count == grid() && down == across ? places : stretched(places, down, across);
    }

    /** Places of a square interpolated to the patches of such an image, those of the model's own tokens left alone. */
    private Tensor stretched(Tensor places, long down, long across) {
        long side = (long) Math.sqrt(grid());
        long size = places.size(2);
        Tensor square = slice(places, 1, tokens.size(), places.size(1))
                .reshape(1, side, side, size)
                .permute(0, 3, 1, 2);
        long[] wanted = {down / patches.rows(), across / patches.columns()};
        Tensor stretched = torch.upsample_bicubic2d(square, wanted, false, new DoubleOptional(), new DoubleOptional());
        return torch.cat(
                new TensorVector(
                        slice(places, 1, 0, tokens.size()),
                        stretched.permute(0, 2, 3, 1).reshape(1, -1, size)),
                1);
    }

    /** How many patches an image of the model's own size has. */
    private long grid() {
        return (long) (height / patches.rows()) * (width / patches.columns());
    }

    /** {@code shapes} with those of tokens, patches and places, below {@code prefix}. */
    public Shapes shapes(Shapes shapes, String prefix, long size) {
        for (String token : tokens) {
            shapes.put(prefix + token, flatTokens ? new long[] {size} : new long[] {1, 1, size});
        }
        long count = tokens.size() + grid();
        patches.shapes(shapes, prefix, size);
        return shapes.put(prefix + positions, flatPositions ? new long[] {count, size} : new long[] {1, count, size});
    }
}
