package org.counterweight.merge.block;

import org.counterweight.weights.DType;
import org.counterweight.weights.number.FloatFormat;

/**
 * Arithmetic that rounds after each operation, as PyTorch's does on tensors of {@code type}: computed in float32, or in
 * float64 for float64, then stored.
 */
public record Rounding(FloatFormat type, boolean isWide) {
    public static Rounding of(DType type) {
        return new Rounding(FloatFormat.of(type), type == DType.F64);
    }

    /** The result of one operation. */
    public double of(double exact) {
        return isWide ? exact : type.round((float) exact);
    }

    /** A sum over models in the making, which is rounded to the type only when it is complete. */
    public double partial(double exact) {
        return isWide ? exact : (float) exact;
    }
}
