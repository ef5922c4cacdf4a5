package org.counterweight.data.image;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;

/**
 * What numbers a model sees for bytes: (byte / white − mean) / deviation.
 *
 * @param white the byte that becomes 1, before a mean is taken away
 * @param mean and {@code deviation}: one a channel, or one for all; none where they are not made alike
 */
record PixelValues(double white, float[] mean, float[] deviation) {
    /** From 0 to 1. */
    static PixelValues upTo(double white) {
        return new PixelValues(white, new float[0], new float[0]);
    }

    /** @param bytes {@code uint8 [rows, channels, height, width]} */
    Tensor of(Tensor bytes) {
        Tensor shares = bytes.to(ScalarType.Float).div_(Tensors.scalar(white));
        return mean.length == 0
                ? shares
                : shares.sub_(Tensors.floats(mean, mean.length, 1, 1))
                        .div_(Tensors.floats(deviation, deviation.length, 1, 1));
    }
}
