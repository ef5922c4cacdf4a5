package org.counterweight.merge.stream;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.counterweight.merge.source.TensorNames;
import org.counterweight.weights.TensorInfo;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.WeightsWriter;
import org.counterweight.weights.number.FloatFormat;

/** The elements of one merged tensor on their way to the file: rounded, looked at, gathered into larger pieces, written. */
final class MergedElements {
    private static final int PIECE = 1 << 17; // bytes

    private final TensorInfo info;
    private final FloatFormat format;
    private final WeightsWriter writer;
    private final byte[] piece;
    private final CRC32C checksum = new CRC32C();
    private int filled;
    private long written;
    private long notFinite;

    /** @param block the largest number of elements that come at a time */
    MergedElements(TensorInfo info, int block, WeightsWriter writer) {
        this.info = info;
        this.format = FloatFormat.of(info.dtype());
        this.writer = writer;
        this.piece = new byte[Math.max(PIECE, Math.multiplyExact(block, format.bytes()))];
    }

    /**
     * Takes the next {@code count} elements.
     *
     * @throws WeightsException if one does not fit the type
     */
    void add(double[] values, int count) {
        int bytes = count * format.bytes();
        if (filled + bytes > piece.length) {
            flush();
        }
        int strange = format.encode(values, 0, count, piece, filled);
        if (strange > 0) {
            checkRange(values, count);
            notFinite += strange;
        }
        filled += bytes;
    }

    private void checkRange(double[] values, int count) {
        for (int i = 0; i < count; i++) {
            if (Double.isFinite(values[i]) && !(Math.abs(format.round(values[i])) <= format.largest())) {
                throw new WeightsException(info.name() + ": a merged element is " + values[i] + ", beyond ±"
                        + format.largest() + ", the range of " + info.dtype()
                        + "; write another type (out_dtype: bfloat16 or float32)");
            }
        }
    }

    private void flush() {
        if (TensorNames.mayBeTied(info.name())) {
            checksum.update(piece, 0, filled);
        }
        writer.write(info.name(), written, ByteBuffer.wrap(piece, 0, filled));
        written += filled;
        filled = 0;
    }

    /** To be called after the last. */
    void end() {
        flush();
    }

    /** Of all bytes of an embedding or a head, in their order. */
    long checksum() {
        return checksum.getValue();
    }

    /** How many elements are NaN or infinite. */
    long notFinite() {
        return notFinite;
    }
}
