package org.counterweight.balance;

import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;

/** Norms that fall in equal steps from 1 at the first class to 1 / r at the last: 1 − (r − 1) c / ((C − 1) r). */
final class FallingNorm {
    private FallingNorm() {}

    /** {@code float64 [C, 1]}, on the processor. */
    static Tensor of(int classes, double rate) {
        double last = Math.max(1, classes - 1);
        return Tensors.doubles(
                IntStream.range(0, classes)
                        .mapToDouble(c -> 1 - (rate - 1) * c / (last * rate))
                        .toArray(),
                classes,
                1);
    }
}
