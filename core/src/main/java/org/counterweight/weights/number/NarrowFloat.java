package org.counterweight.weights.number;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

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
    private static final int PIECE = 512; // elements: 4 KB of codes stay in the nearest cache
    private static final int DOUBLE_FRACTION = 52;
    private static final int DOUBLE_EXPONENT = 11;
    private static final int DOUBLE_BIAS = 1023;

    // Kept: new arrays for every block would be two bytes of garbage for each byte that is written.
    private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

    private static final class Scratch {
        private final long[] codes = new long[PIECE];
        private final long[] outside = new long[PIECE];
    }

    private final int bits;
    private final int fraction;
    private final int bias;
    private final int largest;
    private final int beyond;
    private final int nan;
    private final int sign;
    private volatile double @Nullable [] values;

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
    }

    /**
     * All numbers of this type by their codes, made when the first is asked for. Looking one up takes a quarter less time than
     * shifting a bfloat16 into a float32 and widening that: weights are of few sizes, so little of the table is in use.
     */
    private double[] values() {
        double[] known = values;
        if (known == null) {
            known = new double[1 << bits];
            for (int code = 0; code < known.length; code++) {
                known[code] = value(code);
            }
            values = known;
        }
        return known;
    }

    private double value(int code) {
        int magnitude = code & (sign - 1);
        double value;
        if (code == nan || magnitude > largest) {
            value = magnitude == beyond && beyond != nan ? Double.POSITIVE_INFINITY : Double.NaN;
        } else {
            int exponent = Math.max(1, magnitude >> fraction);
            int digits = magnitude - (exponent - 1 << fraction);
            value = digits * Math.scalb(1.0, exponent - bias - fraction);
        }
        return code < sign ? value : -value;
    }

    @Override
    public int bytes() {
        return bits / 8;
    }

    @Override
    public double largest() {
        return value(largest);
    }

    @Override
    public void decode(byte[] bytes, int start, double[] to, int at, int count) {
        double[] numbers = values();
        if (bits == 16) {
            for (int i = 0; i < count; i++) {
                to[at + i] = numbers[(short) SHORTS.get(bytes, start + 2 * i) & 0xffff];
            }
        } else {
            for (int i = 0; i < count; i++) {
                to[at + i] = numbers[bytes[start + i] & 0xff];
            }
        }
    }

    @Override
    public int encode(double[] from, int at, int count, byte[] bytes, int start) {
        Scratch scratch = SCRATCH.get();
        long[] codes = scratch.codes;
        long[] outside = scratch.outside;
        int notFinite = 0;
        for (int done = 0; done < count; done += PIECE) {
            int length = Math.min(PIECE, count - done);
            round(from, at + done, length, codes);
            compare(codes, length, outside);
            join(codes, length);
            if (any(outside, length) < 0) {
                notFinite += replace(from, at + done, outside, length, codes);
            }
            store(codes, length, bytes, start + done * bytes());
        }
        return notFinite;
    }

    // Each loop does one thing, so that the compiler makes vector instructions of those that compute. It gives up
    // where more than one union or sum of changing numbers stands in a loop, or something constant is computed within.

    /** Gives the upper bits of doubles, rounded: sign, exponent, the fraction of this type. */
    private void round(double[] from, int at, int count, long[] upper) {
        int shift = DOUBLE_FRACTION - fraction;
        long half = half(shift);
        for (int i = 0; i < count; i++) {
            upper[i] = Double.doubleToRawLongBits(from[at + i]);
        }
        for (int i = 0; i < count; i++) {
            upper[i] = rounded(upper[i], half, shift);
        }
    }

    /** Gives something negative where there is no normal number of this type. */
    private void compare(long[] upper, int count, long[] outside) {
        long magnitude = (1L << (fraction + DOUBLE_EXPONENT)) - 1;
        long least = offset() + (1L << fraction);
        long most = offset() + largest;
        for (int i = 0; i < count; i++) {
            outside[i] = (upper[i] & magnitude) - least | most - (upper[i] & magnitude);
        }
    }

    /** Brings exponent and sign to their places in the lowest bits. */
    private void join(long[] upper, int count) {
        long offset = offset();
        int down = fraction + DOUBLE_EXPONENT + 1 - bits;
        long minus = sign;
        for (int i = 0; i < count; i++) {
            upper[i] = upper[i] - offset | upper[i] >>> down & minus;
        }
    }

    /** Gives what lies outside its codes; returns how many are of no finite number. */
    private int replace(double[] from, int at, long[] outside, int count, long[] codes) {
        int notFinite = 0;
        for (int i = 0; i < count; i++) {
            if (outside[i] < 0) {
                codes[i] = special(from[at + i]);
                notFinite += isFinite((int) codes[i]) ? 0 : 1;
            }
        }
        return notFinite;
    }

    private void store(long[] codes, int count, byte[] bytes, int start) {
        if (bits == 16) {
            for (int i = 0; i < count; i++) {
                SHORTS.set(bytes, start + 2 * i, (short) codes[i]);
            }
        } else {
            for (int i = 0; i < count; i++) {
                bytes[start + i] = (byte) codes[i];
            }
        }
    }

    /** The union of all, four at a time: with one alone the compiler adds up each vector anew. */
    private static long any(long[] x, int count) {
        long first = 0;
        long second = 0;
        long third = 0;
        long fourth = 0;
        int i = 0;
        for (; i < count - 3; i += 4) {
            first |= x[i];
            second |= x[i + 1];
            third |= x[i + 2];
            fourth |= x[i + 3];
        }
        for (; i < count; i++) {
            first |= x[i];
        }
        return first | second | third | fourth;
    }

    /** How far the exponents of doubles lie above those of this type, in units of its last place. */
    private int offset() {
        return (DOUBLE_BIAS - bias) << fraction;
    }

    /** To the nearest, ties to even: half of the last place that stays, or a little less, carries into it where it should. */
    private static long rounded(long wide, long half, int shift) {
        return (wide + half + (wide >>> shift & 1)) >>> shift;
    }

    /** A little less than half of the last place that stays. */
    private static long half(int shift) {
        return (1L << (shift - 1)) - 1;
    }

    /** The code of any number. What rounds to no normal number of this type is looked at again. */
    private int code(double value) {
        long wide = Double.doubleToRawLongBits(value);
        int shift = DOUBLE_FRACTION - fraction;
        int rounded = (int) rounded(wide, half(shift), shift);
        int magnitude = (rounded & ((1 << (fraction + DOUBLE_EXPONENT)) - 1)) - offset();
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
        return values()[code(value) & (2 * sign - 1)];
    }
}
