package org.counterweight.weights;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * float16 and the floating types of 8 bits: a sign, an exponent with a bias, a fraction. A code is such an element's bits as a
 * number; without the sign, codes are in the order of their values.
 */
final class NarrowFloat implements FloatFormat {
    static final NarrowFloat F16 = new NarrowFloat(16, 10, 15, 0x7bff, 0x7c00, 0x7e00);
    // Eight bits: P. Micikevicius et al., "FP8 Formats for Deep Learning", 2022; FNUZ: finite, no negative zero.
    static final NarrowFloat F8_E5M2 = new NarrowFloat(8, 2, 15, 0x7b, 0x7c, 0x7f);
    static final NarrowFloat F8_E4M3 = new NarrowFloat(8, 3, 7, 0x7e, 0x7f, 0x7f);
    static final NarrowFloat F8_E5M2FNUZ = new NarrowFloat(8, 2, 16, 0x7f, 0x80, 0x80);
    static final NarrowFloat F8_E4M3FNUZ = new NarrowFloat(8, 3, 8, 0x7f, 0x80, 0x80);

    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int DOUBLE_FRACTION = 52;
    private static final int DOUBLE_EXPONENT = 11;
    private static final int DOUBLE_BIAS = 1023;

    private final int bits;
    private final int fraction;
    private final int bias;
    private final int largest;
    private final int beyond;
    private final int nan;
    private final int sign;
    private final float[] values;

    /**
     * @param bits of the whole
     * @param fraction bits of the fraction
     * @param largest the code of the largest finite value
     * @param beyond the code of what is larger: infinity, or NaN where there is none
     * @param nan a code of NaN
     */
    private NarrowFloat(int bits, int fraction, int bias, int largest, int beyond, int nan) {
        this.bits = bits;
        this.fraction = fraction;
        this.bias = bias;
        this.largest = largest;
        this.beyond = beyond;
        this.nan = nan;
        this.sign = 1 << (bits - 1);
        this.values = values();
    }

    private float[] values() {
        float[] all = new float[1 << bits];
        for (int code = 0; code < all.length; code++) {
            int magnitude = code & (sign - 1);
            float value;
            if (code == nan || magnitude > largest) {
                value = magnitude == beyond && beyond != nan ? Float.POSITIVE_INFINITY : Float.NaN;
            } else {
                int exponent = magnitude >> fraction;
                int digits = magnitude & ((1 << fraction) - 1);
                value = exponent == 0
                        ? Math.scalb((float) digits, 1 - bias - fraction)
                        : Math.scalb((float) (digits | 1 << fraction), exponent - bias - fraction);
            }
            all[code] = code < sign ? value : -value;
        }
        return all;
    }

    @Override
    public int bytes() {
        return bits / 8;
    }

    @Override
    public double largest() {
        return values[largest];
    }

    @Override
    public void decode(byte[] bytes, int start, double[] to, int at, int count) {
        if (bits == 16) {
            for (int i = 0; i < count; i++) {
                to[at + i] = values[(short) SHORTS.get(bytes, start + 2 * i) & 0xffff];
            }
        } else {
            for (int i = 0; i < count; i++) {
                to[at + i] = values[bytes[start + i] & 0xff];
            }
        }
    }

    @Override
    public int encode(double[] from, int at, int count, byte[] bytes, int start) {
        int notFinite = 0;
        for (int i = 0; i < count; i++) {
            int code = code(from[at + i]);
            if (bits == 16) {
                SHORTS.set(bytes, start + 2 * i, (short) code);
            } else {
                bytes[start + i] = (byte) code;
            }
            if (!isFinite(code)) {
                notFinite++;
            }
        }
        return notFinite;
    }

    /**
     * Rounds on the bits of the double: adding half of the last place that stays (and a little less where that place is even)
     * carries into it where it should. What is no normal number of this type afterwards is looked at again.
     */
    private int code(double value) {
        int shift = DOUBLE_FRACTION - fraction;
        long wide = Double.doubleToRawLongBits(value);
        long rounded = (wide + (1L << (shift - 1)) - 1 + (wide >>> shift & 1)) >>> shift;
        int magnitude = ((int) rounded & (1 << (fraction + DOUBLE_EXPONENT)) - 1) - ((DOUBLE_BIAS - bias) << fraction);
        int least = 1 << fraction;
        return magnitude >= least && magnitude <= largest ? magnitude | (int) (wide >> 63) & sign : special(value);
    }

    private boolean isFinite(int code) {
        return code != nan && (code & (sign - 1)) <= largest;
    }

    /** The code of what rounds to no normal number: too small, too large, or no number at all. */
    private int special(double value) {
        if (Double.isNaN(value)) {
            return nan;
        }
        double magnitude = Math.abs(value);
        boolean small = magnitude < Math.scalb(1.0, 1 - bias);
        int code = small ? (int) Math.rint(Math.scalb(magnitude, bias - 1 + fraction)) : beyond;
        boolean signless = nan == sign && (code == 0 || code == nan); // FNUZ: the place of −0 is NaN's
        return Double.doubleToRawLongBits(value) < 0 && !signless ? code | sign : code;
    }

    @Override
    public double round(double value) {
        return values[code(value) & (2 * sign - 1)];
    }
}
