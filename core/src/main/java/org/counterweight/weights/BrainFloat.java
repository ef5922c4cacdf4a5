package org.counterweight.weights;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** bfloat16: the upper half of a float32, so that the processor's own conversions do most of the work. */
enum BrainFloat implements FloatFormat {
    BF16;

    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int HALF = Short.SIZE;
    private static final int LOWER = (1 << HALF) - 1;
    private static final int TIE = 1 << (HALF - 1); // half of the last place that stays
    private static final int INFINITY = 0x7f80;
    private static final int QUIET = 0x40; // a bit of every NaN that arithmetic makes

    @Override
    public int bytes() {
        return Short.BYTES;
    }

    @Override
    public double largest() {
        return Float.intBitsToFloat(0x7f7f << HALF);
    }

    @Override
    public void decode(byte[] bytes, int start, double[] to, int at, int count) {
        for (int i = 0; i < count; i++) {
            to[at + i] = Float.intBitsToFloat((short) SHORTS.get(bytes, start + 2 * i) << HALF);
        }
    }

    @Override
    public int encode(double[] from, int at, int count, byte[] bytes, int start) {
        int notFinite = 0;
        for (int i = 0; i < count; i++) {
            int code = code(from[at + i]);
            SHORTS.set(bytes, start + 2 * i, (short) code);
            if ((code & INFINITY) == INFINITY) {
                notFinite++;
            }
        }
        return notFinite;
    }

    /**
     * Rounds to float32 and from there to bfloat16. Two roundings are one, except where the first ends in the middle between
     * two bfloat16 numbers: there its error says to which side the second has to go.
     */
    private static int code(double value) {
        float near = (float) value;
        int bits = Float.floatToRawIntBits(near);
        if ((bits >>> HALF & INFINITY) == INFINITY) {
            return Float.isNaN(near) ? bits >>> HALF | QUIET : bits >>> HALF;
        }
        return (bits & LOWER) == TIE ? between(bits, Math.abs(value) - Math.abs(near)) : bits + TIE >>> HALF;
    }

    /** @param error how much larger the magnitude was before the first rounding */
    private static int between(int bits, double error) {
        int down = bits >>> HALF;
        return error > 0 || error == 0 && (down & 1) == 1 ? down + 1 : down;
    }

    @Override
    public double round(double value) {
        return Float.intBitsToFloat(code(value) << HALF);
    }
}
