package org.counterweight.weights;

import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * The element types of safetensors that LibTorch has too, by the name they bear in the file. In the order of the reference
 * implementation, which lays out tensors from the last type to the first, so that each starts aligned to its own size.
 */
public enum DType {
    BOOL(1, ScalarType.Bool),
    U8(1, ScalarType.Byte),
    I8(1, ScalarType.Char),
    F8_E5M2(1, ScalarType.Float8_e5m2),
    F8_E4M3(1, ScalarType.Float8_e4m3fn),
    F8_E8M0(1, ScalarType.Float8_e8m0fnu),
    F8_E4M3FNUZ(1, ScalarType.Float8_e4m3fnuz),
    F8_E5M2FNUZ(1, ScalarType.Float8_e5m2fnuz),
    I16(2, ScalarType.Short),
    U16(2, ScalarType.UInt16),
    F16(2, ScalarType.Half),
    BF16(2, ScalarType.BFloat16),
    I32(4, ScalarType.Int),
    U32(4, ScalarType.UInt32),
    F32(4, ScalarType.Float),
    C64(8, ScalarType.ComplexFloat),
    F64(8, ScalarType.Double),
    I64(8, ScalarType.Long),
    U64(8, ScalarType.UInt64);

    private final int bytes;
    private final ScalarType type;

    DType(int bytes, ScalarType type) {
        this.bytes = bytes;
        this.type = type;
    }

    /** The size of one element. */
    public int bytes() {
        return bytes;
    }

    /** The same type in LibTorch. */
    public ScalarType type() {
        return type;
    }

    public boolean isFloating() {
        return switch (this) {
            case F8_E5M2, F8_E4M3, F8_E8M0, F8_E4M3FNUZ, F8_E5M2FNUZ, F16, BF16, F32, F64 -> true;
            default -> false;
        };
    }

    /** The type of that name in a safetensors header, or null. */
    static @Nullable DType named(String name) {
        for (DType type : values()) {
            if (type.name().equals(name)) {
                return type;
            }
        }
        return null;
    }

    /**
     * The type of a LibTorch tensor.
     *
     * @throws IllegalArgumentException if safetensors has no such type
     */
    public static DType of(ScalarType type) {
        for (DType candidate : values()) {
            if (candidate.type == type || candidate.type.value == type.value) {
                return candidate;
            }
        }
        throw new IllegalArgumentException("safetensors has no type for " + type);
    }
}
