package org.counterweight.merge.tensor;

import java.nio.ByteBuffer;
import org.counterweight.merge.block.BlockSource;
import org.counterweight.weights.DType;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.TensorInfo;
import org.counterweight.weights.number.FloatFormat;

/** A tensor as a model stores it, read some way ahead of what is asked for: one call of the system serves many blocks. */
final class StoredElements implements BlockSource {
    private static final int AHEAD = 1 << 17; // bytes

    private final ModelDirectory model;
    private final String name;
    private final TensorInfo info;
    private final FloatFormat stored;
    private final FloatFormat rounded;
    private byte[] bytes = new byte[0];
    private long start;
    private long end;

    /**
     * @param name what the file calls it
     * @param cast the type to which elements are rounded before anything else is done with them
     */
    StoredElements(ModelDirectory model, String name, TensorInfo info, DType cast) {
        this.model = model;
        this.name = name;
        this.info = info;
        this.stored = FloatFormat.of(info.dtype());
        this.rounded = FloatFormat.of(cast);
    }

    @Override
    public void read(long from, int count, double[] to, int at) {
        if (from < start || from + count > end) {
            fill(from, count);
        }
        stored.decode(bytes, Math.toIntExact((from - start) * stored.bytes()), to, at, count);
        if (rounded != stored) {
            for (int i = at; i < at + count; i++) {
                to[i] = rounded.round(to[i]);
            }
        }
    }

    private void fill(long from, int count) {
        long ahead = Math.min(info.elements() - from, Math.max(count, AHEAD / stored.bytes()));
        int length = Math.toIntExact(ahead * stored.bytes());
        if (bytes.length < length) {
            bytes = new byte[length];
        }
        model.read(name, from * stored.bytes(), ByteBuffer.wrap(bytes, 0, length));
        start = from;
        end = from + ahead;
    }
}
