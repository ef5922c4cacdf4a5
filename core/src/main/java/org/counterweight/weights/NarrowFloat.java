package org.counterweight.weights;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Floating types of 16 and of 8 bits: a sign, an exponent with a bias, a fraction. A code is such an element's bits as a
 * number; without the sign, codes are in the order of their values.
 */
final class NarrowFloat implements FloatFormat {
    static final NarrowFloat BF16 = new NarrowFloat(16, 7, 127, 0x7f7f, 0x7f80, 0x7fc0);
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
        this.values = isHalfOfFloat() ? new float[0] : values();
    }

    /** bfloat16 is the upper half of a float32: a shift reads it, where the others are looked up. */
    private boolean isHalfOfFloat() {
        return bits == 16 && bias == Float.MAX_EXPONENT;
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
        return value(largest);
    }

    private float value(int code) {
        return isHalfOfFloat() ? Float.intBitsToFloat(code << 16) : values[code];
    }

    @Override
    public void decode(byte[] bytes, int start, double[] to, int at, int count) {
        if (isHalfOfFloat()) {
            for (int i = 0; i < count; i++) {
                to[at + i] = Float.intBitsToFloat((short) SHORTS.get(bytes, start + 2 * i) << 16);
            }
        } else if (bits == 16) {
            for (int i = 0; i < count; i++) {
                to[at + i] = values[(short) SHORTS.get(bytes, start + 2 * i) & 0xffff];
            }
        } else {
            for (int i = 0; i < count; i++) {
                to[at + i] = values[bytes[start + i] & 0xff];
            }
        }
    }

    /** In loops that do one thing each, so that the compiler can make vector instructions of them. */
    @Override
    public int encode(double[] from, int at, int count, byte[] bytes, int start) {
        long[] codes = new long[count];
        for (int i = 0; i < count; i++) {
            codes[i] = Double.doubleToRawLongBits(from[at + i]);
        }
        int notFinite = round(codes) ? 0 : lookAgain(from, at, codes);
        for (int i = 0; i < count; i++) {
            if (bits == 16) {
                SHORTS.set(bytes, start + 2 * i, (short) codes[i]);
            } else {
                bytes[start + i] = (byte) codes[i];
            }
        }
        return notFinite;
    }

    /**
     * Rounds the bits of doubles to codes, or to something negative where there is no normal number of this type.
     *
     * @return whether there are codes for all
     */
    private boolean round(long[] wide) {
        int shift = DOUBLE_FRACTION - fraction;
        long mask = (1L << (fraction + DOUBLE_EXPONENT)) - 1;
        long offset = (long) (DOUBLE_BIAS - bias) << fraction;
        long least = 1L << fraction;
        long any = 0;
        for (int i = 0; i < wide.length; i++) {
            long magnitude = (rounded(wide[i], shift) & mask) - offset;
            long outside = (magnitude - least | largest - magnitude) & Long.MIN_VALUE;
            any |= outside;
            wide[i] = magnitude | wide[i] >>> (Long.SIZE - bits) & sign | outside;
        }
        return any == 0;
    }

    /** Finds the codes that are missing; returns how many are of no finite number. */
    private int lookAgain(double[] from, int at, long[] codes) {
        int notFinite = 0;
        for (int i = 0; i < codes.length; i++) {
            if (codes[i] < 0) {
                codes[i] = special(from[at + i]);
                notFinite += isFinite((int) codes[i]) ? 0 : 1;
            }
        }
        return notFinite;
    }

    /** To the nearest, ties to even: half of the last place that stays, or a little less, carries into it where it should. */
    private static long rounded(long wide, int shift) {
        return (wide + (1L << (shift - 1)) - 1 + (wide >>> shift & 1)) >>> shift;
    }

    /** The code of any number. What rounds to no normal number of this type is looked at again. */
    private int code(double value) {
        long wide = Double.doubleToRawLongBits(value);
        int rounded = (int) rounded(wide, DOUBLE_FRACTION - fraction);
        int magnitude = (rounded & (1 << (fraction + DOUBLE_EXPONENT)) - 1) - ((DOUBLE_BIAS - bias) << fraction);
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
        return value(code(value) & (2 * sign - 1));
    }
}
