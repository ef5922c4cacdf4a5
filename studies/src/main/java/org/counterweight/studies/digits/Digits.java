package org.counterweight.studies.digits;

import static org.bytedeco.pytorch.global.torch.rot90;
import static org.counterweight.engine.Tensors.plus;

import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.image.ImageSet;
import org.counterweight.model.Batch;

/** The 1,797 handwritten digits of UCI's optdigits: 8 × 8 pixels from 0 to 1, {@code [n, 64]}, with their classes. */
public final class Digits {
    private Digits() {}

    public static Samples read() {
        ImageSet digits = ImageSet.digits();
        Batch all = digits.batch(IntStream.range(0, digits.size()).toArray());
        return new Samples(all.get(Batch.PIXEL_VALUES).view(-1, 64), all.labels());
    }

    /** Each image turned by a quarter. */
    public static Tensor rotated(Tensor pixels) {
        return rot90(pixels.view(-1, 8, 8), 1, new long[] {1, 2}).reshape(-1, 64);
    }

    /** Black for white. */
    public static Tensor inverted(Tensor pixels) {
        return plus(pixels.neg(), 1);
    }
}
