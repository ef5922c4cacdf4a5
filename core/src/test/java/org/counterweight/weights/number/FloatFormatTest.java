package org.counterweight.weights.number;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.weights.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against LibTorch's conversions, bit by bit. */
class FloatFormatTest {
    private static final String NARROW = "BF16|F16|F8_E5M2|F8_E4M3|F8_E5M2FNUZ|F8_E4M3FNUZ";

    private static final int SAME = -1; // the place of the first difference; NaN is the same as NaN

    /** Every code there is. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = NARROW)
    void readsWhatLibTorchReads(DType type) {
        FloatFormat format = FloatFormat.of(type);
        byte[] bytes = new byte[(1 << (8 * format.bytes())) * format.bytes()];
        for (int code = 0; code < bytes.length / format.bytes(); code++) {
            bytes[code * format.bytes()] = (byte) code;
            if (format.bytes() == 2) {
                bytes[2 * code + 1] = (byte) (code >> 8);
            }
        }
        double[] values = new double[bytes.length / format.bytes()];
        format.decode(bytes, 0, values, 0, values.length);
        try (var scope = Scope.open()) {
            Tensor stored = tensor(type, bytes);
            assertThat(Arrays.mismatch(values, Tensors.toDoubles(stored.to(ScalarType.Float))))
                    .isEqualTo(SAME);
        }
    }

    /** Numbers of all sizes, and those half-way between neighbours. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = NARROW + "|F32")
    void roundsAsLibTorchRounds(DType type) {
        FloatFormat format = FloatFormat.of(type);
        var random = new Random(5);
        float[] floats = new float[40_000];
        for (int i = 0; i < floats.length; i++) {
            int bits = random.nextInt();
            floats[i] = Float.intBitsToFloat(i % 2 == 0 ? bits : bits & 0xffff8000 | (i % 4 == 1 ? 0 : 0x8000));
            if (i % 3 > 0) { // sizes that the narrow types have
                floats[i] =
                        (float) (Math.scalb(Math.signum(floats[i]), random.nextInt(44) - 26) * (1 + (i % 64) / 32.0));
            }
        }
        double[] values = new double[floats.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = floats[i];
        }
        byte[] bytes = new byte[values.length * format.bytes()];
        int notFinite = format.encode(values, 0, values.length, bytes, 0);
        try (var scope = Scope.open()) {
            Tensor expected = Tensors.floats(floats).to(type.type()).to(ScalarType.Float);
            double[] stored = Tensors.toDoubles(tensor(type, bytes).to(ScalarType.Float));
            assertThat(Arrays.mismatch(stored, Tensors.toDoubles(expected))).isEqualTo(SAME);
            assertThat(notFinite)
                    .isEqualTo(floats.length - expected.isfinite().sum().item_int());
            double[] rounded = Arrays.stream(values).map(format::round).toArray();
            assertThat(Arrays.mismatch(rounded, stored)).isEqualTo(SAME);
        }
    }

    /** However many there are, and wherever among them the one that is too small, too large or no number. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = NARROW + "|F32")
    void storesEachAsIfItWereAlone(DType type) {
        FloatFormat format = FloatFormat.of(type);
        var random = new Random(7);
        double[] strange = {0, -0.0, 1e-300, -1e300, Double.NaN, Double.NEGATIVE_INFINITY};
        for (int count : new int[] {1, 3, 511, 513, 1030}) {
            double[] values = random.doubles(count + 2, -2, 2).toArray();
            values[count] = strange[count % strange.length]; // the last of those that are stored from index 1 on
            values[1 + count / 2] = strange[(count + 1) % strange.length];
            byte[] together = new byte[(count + 1) * format.bytes()];
            byte[] alone = together.clone();
            int notFinite = 0;
            for (int i = 0; i < count; i++) {
                notFinite += format.encode(values, 1 + i, 1, alone, (1 + i) * format.bytes());
            }
            assertThat(format.encode(values, 1, count, together, format.bytes()))
                    .isEqualTo(notFinite);
            assertThat(together).isEqualTo(alone);
            double[] decoded = new double[count];
            format.decode(together, format.bytes(), decoded, 0, count);
            double[] rounded =
                    Arrays.stream(values, 1, count + 1).map(format::round).toArray();
            assertThat(Arrays.mismatch(decoded, rounded)).isEqualTo(SAME);
        }
    }

    /** 1 + 2^-8 + 2^-40 is above the middle of two bfloat16 numbers, its float32 is not. */
    @Test
    void roundsOnce() {
        double justAbove = 1 + 0x1p-8 + 0x1p-40;
        assertThat(FloatFormat.of(DType.BF16).round(justAbove)).isEqualTo(1 + 0x1p-7);
        assertThat(FloatFormat.of(DType.BF16).round((float) justAbove)).isEqualTo(1);
        double justBelow = -(1 + 0x1p-7 + 0x1p-8 - 0x1p-40);
        assertThat(FloatFormat.of(DType.BF16).round(justBelow)).isEqualTo(-(1 + 0x1p-7));
        assertThat(FloatFormat.of(DType.BF16).round((float) justBelow)).isEqualTo(-(1 + 0x1p-6));
    }

    /** The bits of a NaN that are left may not be those of infinity, nor those that go carry into its sign. */
    @ParameterizedTest
    @ValueSource(ints = {0x7f800001, 0x7fffffff, 0xff808000, 0xffffffff})
    void keepsNaN(int bits) {
        double nan = Float.intBitsToFloat(bits);
        byte[] bytes = new byte[2];
        assertThat(FloatFormat.of(DType.BF16).encode(new double[] {nan}, 0, 1, bytes, 0))
                .isEqualTo(1);
        assertThat(FloatFormat.of(DType.BF16).round(nan)).isNaN();
        assertThat(bytes[1] & 0x7f).isEqualTo(0x7f);
        assertThat(bytes[0] & 0x7f).isNotZero();
    }

    private static Tensor tensor(DType type, byte[] bytes) {
        double[] each = new double[bytes.length];
        for (int i = 0; i < each.length; i++) {
            each[i] = bytes[i] & 0xff;
        }
        return Tensors.doubles(each).to(ScalarType.Byte).view(type.type());
    }
}
