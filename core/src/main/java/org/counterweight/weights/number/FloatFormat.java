package org.counterweight.weights.number;

import org.counterweight.weights.DType;

/**
 * How the elements of a floating type are stored: read into doubles exactly, written with one rounding, to the nearest, ties
 * to even. Bytes are little-endian, as in safetensors. Immutable.
 */
public interface FloatFormat {
    /** The size of one element in bytes. */
    int bytes();

    /** The largest finite value. */
    double largest();

    /**
     * Reads elements.
     *
     * @param start where the first one begins among the bytes
     * @param values to which they go, from index {@code at} on
     */
    void decode(byte[] bytes, int start, double[] values, int at, int count);

    /**
     * Writes {@code count} of {@code values}, those from index {@code at} on, beginning at the byte {@code start}.
     *
     * @return how many of them are stored as NaN or infinite
     */
    int encode(double[] values, int at, int count, byte[] bytes, int start);

    /** The value of this type that is nearest to {@code value}. */
    double round(double value);

    /**
     * The format of a floating type.
     *
     * @throws IllegalArgumentException if it is none; {@code F8_E8M0}, which holds scales of other tensors, counts as none
     */
    static FloatFormat of(DType type) {
        return switch (type) {
            case F64 -> WideFloat.F64;
            case F32 -> WideFloat.F32;
            case BF16 -> NarrowFloat.BF16;
            case F16 -> NarrowFloat.F16;
            case F8_E5M2 -> NarrowFloat.F8_E5M2;
            case F8_E4M3 -> NarrowFloat.F8_E4M3;
            case F8_E5M2FNUZ -> NarrowFloat.F8_E5M2FNUZ;
            case F8_E4M3FNUZ -> NarrowFloat.F8_E4M3FNUZ;
            default -> throw new IllegalArgumentException(type + " has no fractions");
        };
    }
}
