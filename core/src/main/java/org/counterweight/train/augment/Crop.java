package org.counterweight.train.augment;

import static org.counterweight.engine.Tensors.optional;

import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;

/** Cuts a window of an image's own size at random out of the image with zeros around it; torchvision's {@code RandomCrop}. */
public record Crop(
        @Setting(value = "Pixels of zeros on each side", defaultsTo = "4", range = "at least 1; 4 is usual")
        int padding)
        implements Augmentation {
    private static final int HEIGHT = 2;
    private static final int WIDTH = 3;

    public Crop {
        Checks.ranges(Crop.class, "data.augment", padding);
    }

    /** From {@code pixel_values [rows, channels, height, width]}. */
    @Override
    public Batch apply(Batch batch, Generator random) {
        Tensor images = batch.get(changes());
        Tensor padded = torch.constant_pad_nd(images, new long[] {padding, padding, padding, padding});
        Tensor cut = window(window(padded, HEIGHT, images.size(HEIGHT), random), WIDTH, images.size(WIDTH), random);
        return batch.with(changes(), cut);
    }

    /** Of each row another stretch of {@code size} places along that dimension. */
    private Tensor window(Tensor images, int dim, long size, Generator random) {
        long rows = images.size(0);
        Tensor from = torch.zeros(new long[] {rows, 1}, Tensors.options(ScalarType.Long))
                .random_(0, new LongOptional(2L * padding + 1), optional(random));
        Tensor places = from.add(torch.arange(Tensors.scalar(size), Tensors.options(ScalarType.Long)));
        long[] shape = Tensors.shape(images);
        shape[dim] = size;
        long[] alongside = {rows, 1, 1, 1};
        alongside[dim] = size;
        return images.gather(dim, places.view(alongside).expand(shape));
    }
}
