package org.counterweight.datasets.foreign;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.counterweight.weights.DType;
import org.counterweight.weights.TensorInfo;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.wire.Wire;
import org.jspecify.annotations.Nullable;

/**
 * The index of a {@link TensorFlowBundle}: a LevelDB table of names, types, shapes and places.
 *
 * @param bytes all of it
 * @param dataSize bytes of the file that the places lie in
 */
record TensorFlowIndex(Path path, ByteBuffer bytes, long dataSize) {
    /** Bytes of the table's end: the least that an index has. */
    static final int FOOTER = 48;

    private static final long MAGIC = 0xdb4775248b80fb57L;

    Map<String, TensorInfo> read() {
        bytes.order(ByteOrder.LITTLE_ENDIAN);
        int footer = bytes.capacity() - FOOTER;
        if (bytes.getLong(bytes.capacity() - 8) != MAGIC) {
            throw new WeightsException(path, "does not end with the mark of a LevelDB table");
        }
        Cursor handles = new Cursor(footer, bytes.capacity() - 8);
        handles.varint(); // offset and size of the meta index, which is empty
        handles.varint();
        var tensors = new LinkedHashMap<String, TensorInfo>();
        forEachEntry(
                handles,
                (last, handle) -> forEachEntry(handle, (key, value) -> {
                    String name = new String(key, StandardCharsets.UTF_8);
                    if (!name.isEmpty() && tensors.put(name, tensor(name, value)) != null) {
                        throw wrong(name + " is there twice");
                    }
                    if (name.isEmpty()) {
                        checkHeader(value);
                    }
                }));
        if (tensors.isEmpty()) {
            throw wrong("there are no tensors in it");
        }
        return tensors;
    }

    /** The keys and values of the block whose place is written at the cursor. */
    private void forEachEntry(Cursor handle, BiConsumer<byte[], Cursor> action) {
        long offset = handle.varint();
        long size = handle.varint();
        if (offset < 0 || size < 4 || offset > bytes.capacity() || size > bytes.capacity() - offset - 1) {
            throw wrong("a block of " + size + " bytes at " + offset + " does not lie in the file");
        }
        int end = (int) (offset + size);
        if (bytes.get(end) != 0) {
            throw wrong("its blocks are compressed (type " + bytes.get(end) + "), which is not read");
        }
        long restarts = Integer.toUnsignedLong(bytes.getInt(end - 4));
        if (restarts > (size - 4) / 4) {
            throw wrong(restarts + " restart points do not fit a block of " + size + " bytes");
        }
        Cursor block = new Cursor((int) offset, (int) (end - 4 - 4 * restarts));
        byte[] key = {};
        while (block.at < block.end) {
            int shared = block.length(key.length);
            int added = block.length(bytes.capacity());
            int length = block.length(bytes.capacity());
            byte[] next = Arrays.copyOf(key, shared + block.checked(added));
            bytes.get(block.at, next, shared, added);
            block.at += added;
            int valueEnd = block.at + block.checked(length);
            action.accept(next, new Cursor(block.at, valueEnd));
            block.at = valueEnd;
            key = next;
        }
    }

    private void checkHeader(Cursor value) {
        Wire header = new Wire(path, bytes, value.at, value.end);
        while (header.next()) {
            if (header.field() == 1 && header.number() != 1) {
                throw wrong("its data are in " + header.number() + " files; only those in one are read");
            }
            if (header.field() == 2 && header.number() != 0) {
                throw wrong("its data are big-endian");
            }
        }
    }

    private TensorInfo tensor(String name, Cursor value) {
        Wire entry = new Wire(path, bytes, value.at, value.end);
        long type = 0;
        long offset = 0;
        long size = 0;
        long[] shape = {};
        while (entry.next()) {
            switch (entry.field()) {
                case 1 -> type = entry.number();
                case 2 -> shape = shape(entry.message());
                case 4 -> offset = entry.number();
                case 5 -> size = entry.number();
                case 7 -> throw wrong(name + " is cut into slices, which are not read");
                default -> {} // its shard, which is the only one, and its checksum
            }
        }
        DType dtype = dtype(type);
        if (dtype == null) {
            throw wrong(name + ": the element type " + type + " is not read");
        }
        var info = new TensorInfo(name, dtype, shape, offset);
        long expected;
        try {
            expected = Math.multiplyExact(info.elements(), (long) dtype.bytes());
        } catch (ArithmeticException e) {
            throw wrong(info + " has more elements than a long can count");
        }
        if (size != expected) {
            throw wrong(info + " takes " + expected + " bytes, not " + size);
        }
        if (offset < 0 || size > dataSize || offset > dataSize - size) {
            throw wrong(info + ": bytes " + offset + " to " + (offset + size) + " do not lie in the data file of "
                    + dataSize);
        }
        return info;
    }

    /** TensorShapeProto. */
    private long[] shape(Wire message) {
        long[] shape = {};
        while (message.next()) {
            if (message.field() == 2) {
                Wire dimension = message.message();
                long size = 0;
                while (dimension.next()) {
                    if (dimension.field() == 1) {
                        size = dimension.number();
                    }
                }
                if (size < 0 || shape.length == 8) {
                    throw wrong("dimension " + (shape.length + 1) + " of a shape is " + size);
                }
                shape = Arrays.copyOf(shape, shape.length + 1);
                shape[shape.length - 1] = size;
            }
        }
        return shape;
    }

    /** DataType of types.proto. */
    private static @Nullable DType dtype(long type) {
        return switch ((int) type) {
            case 1 -> DType.F32;
            case 2 -> DType.F64;
            case 3 -> DType.I32;
            case 9 -> DType.I64;
            case 14 -> DType.BF16;
            case 19 -> DType.F16;
            default -> null;
        };
    }

    private WeightsException wrong(String what) {
        return new WeightsException(path, what);
    }

    /** A place in the index, and where what stands there ends. */
    private final class Cursor {
        private int at;
        private final int end;

        Cursor(int at, int end) {
            this.at = at;
            this.end = end;
        }

        long varint() {
            long read = 0;
            for (int shift = 0; shift < 64 && at < end; shift += 7) {
                byte b = bytes.get(at++);
                read |= (long) (b & 0x7f) << shift;
                if (b >= 0) {
                    return read;
                }
            }
            throw wrong("the number at byte " + at + " has no end");
        }

        int length(int limit) {
            long length = varint();
            if (length < 0 || length > limit) {
                throw wrong("the length at byte " + at + " is " + Long.toUnsignedString(length) + ", at most " + limit
                        + " is possible");
            }
            return (int) length;
        }

        /** {@code length}, if that many bytes are left. */
        int checked(int length) {
            if (length > end - at) {
                throw wrong("the entry at byte " + at + " is longer than its block");
            }
            return length;
        }
    }
}
