package org.counterweight.merge.tensor;

import java.nio.ByteBuffer;
import org.counterweight.weights.DType;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.TensorInfo;

/** Whole small tensors that stand beside codes: factors, tables, descriptions. */
final class Factors {
    private static final int BIAS = 127; // of the exponents that F8_E8M0 stores bare

    private Factors() {}

    /** All elements. */
    static double[] of(ModelDirectory model, TensorInfo info) {
        double[] values = new double[Math.toIntExact(info.elements())];
        if (info.dtype() == DType.F8_E8M0) {
            byte[] exponents = bytes(model, info);
            for (int i = 0; i < values.length; i++) {
                values[i] = Math.scalb(1.0, (exponents[i] & 0xff) - BIAS);
            }
        } else {
            new StoredElements(model, info.name(), info, info.dtype()).read(0, values.length, values, 0);
        }
        return values;
    }

    /** All bytes. */
    static byte[] bytes(ModelDirectory model, TensorInfo info) {
        byte[] bytes = new byte[Math.toIntExact(info.bytes())];
        model.read(info.name(), 0, ByteBuffer.wrap(bytes));
        return bytes;
    }
}
