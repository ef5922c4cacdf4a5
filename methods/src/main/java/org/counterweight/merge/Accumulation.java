package org.counterweight.merge;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The arithmetic of merging: elements in float32 (float64 for weights stored so), sums in float64, one rounding to the
 * stored type at the end. In bf16 a share below 0.4 % would vanish.
 */
public final class Accumulation {
    private Accumulation() {}

    /** {@code stored} in the type that is computed in; itself if it has that type. */
    public static Tensor wide(Tensor stored) {
        return stored.to(isDouble(stored) ? ScalarType.Double : ScalarType.Float);
    }

    /** {@code computed} in the type of {@code stored}. */
    public static Tensor rounded(Tensor computed, Tensor stored) {
        return computed.to(stored.scalar_type());
    }

    private static boolean isDouble(Tensor tensor) {
        return tensor.scalar_type().intern() == ScalarType.Double;
    }
}
