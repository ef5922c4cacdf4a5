package org.counterweight.weights.number;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The types that Java has itself. */
enum WideFloat implements FloatFormat {
    F32 {
        @Override
        public int bytes() {
            return Float.BYTES;
        }

        @Override
        public double largest() {
            return Float.MAX_VALUE;
        }

        @Override
        public void decode(byte[] bytes, int start, double[] values, int at, int count) {
            for (int i = 0; i < count; i++) {
                values[at + i] = (float) FLOATS.get(bytes, start + i * Float.BYTES);
            }
        }

        @Override
        public int encode(double[] values, int at, int count, byte[] bytes, int start) {
            int notFinite = 0;
            for (int i = 0; i < count; i++) {
                float value = (float) values[at + i];
                FLOATS.set(bytes, start + i * Float.BYTES, value);
                if (!(Math.abs(value) <= Float.MAX_VALUE)) {
                    notFinite++;
                }
            }
            return notFinite;
        }

        @Override
        public double round(double value) {
            return (float) value;
        }
    },

    F64 {
        @Override
        public int bytes() {
            return Double.BYTES;
        }

        @Override
        public double largest() {
            return Double.MAX_VALUE;
        }

        @Override
        public void decode(byte[] bytes, int start, double[] values, int at, int count) {
            for (int i = 0; i < count; i++) {
                values[at + i] = (double) DOUBLES.get(bytes, start + i * Double.BYTES);
            }
        }

        @Override
        public int encode(double[] values, int at, int count, byte[] bytes, int start) {
            int notFinite = 0;
            for (int i = 0; i < count; i++) {
                DOUBLES.set(bytes, start + i * Double.BYTES, values[at + i]);
                if (!(Math.abs(values[at + i]) <= Double.MAX_VALUE)) {
                    notFinite++;
                }
            }
            return notFinite;
        }

        @Override
        public double round(double value) {
            return value;
        }
    };

    private static final VarHandle FLOATS =
            MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle DOUBLES =
            MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);
}
