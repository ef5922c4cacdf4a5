package org.counterweight.weights.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.counterweight.weights.WeightsException;

/**
 * A message in Protocol Buffers' wire format, field after field: {@code while (message.next()) switch (message.field()) …}.
 * Lengths are checked against the message they lie in before anything is read.
 */
public final class Wire {
    private static final int VARINT = 0;
    private static final int EIGHT_BYTES = 1;
    private static final int BYTES = 2;
    private static final int FOUR_BYTES = 5;

    private final Path origin;
    private final ByteBuffer bytes;
    private final int end;
    private int at;
    private int field;
    private int type;
    private long value; // of a varint
    private int start; // of bytes, or of a float
    private int length;

    /**
     * @param origin the file, for messages
     * @param from where the message begins in {@code bytes}
     * @param end where it ends
     */
    public Wire(Path origin, ByteBuffer bytes, int from, int end) {
        this.origin = origin;
        this.bytes = bytes;
        this.at = from;
        this.end = end;
    }

    /**
     * Goes on to the next field; false at the end of the message.
     *
     * @throws WeightsException if the bytes are no message
     */
    public boolean next() {
        if (at == end) {
            return false;
        }
        long tag = readVarint();
        field = (int) (tag >>> 3);
        type = (int) (tag & 7);
        if (tag >>> 3 == 0 || tag >>> 3 > 536_870_911) {
            throw wrong("field number " + (tag >>> 3));
        }
        switch (type) {
            case VARINT -> value = readVarint();
            case EIGHT_BYTES -> skip(8);
            case FOUR_BYTES -> {
                start = at;
                skip(4);
            }
            case BYTES -> {
                long size = readVarint();
                if (size < 0 || size > end - at) {
                    throw wrong(
                            "a length of " + Long.toUnsignedString(size) + " where " + (end - at) + " bytes are left");
                }
                start = at;
                length = (int) size;
                at += length;
            }
            default -> throw wrong("wire type " + type);
        }
        return true;
    }

    /** The number of the field. */
    public int field() {
        return field;
    }

    /** The value of an integer field. */
    public long number() {
        expect(VARINT);
        return value;
    }

    /** The value of a field of four bytes, a float. */
    public float real() {
        expect(FOUR_BYTES);
        int bits = 0;
        for (int i = 3; i >= 0; i--) { // the least comes first, whatever the buffer's order
            bits = bits << 8 | bytes.get(start + i) & 0xff;
        }
        return Float.intBitsToFloat(bits);
    }

    /** The value of a text field. */
    public String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    /** The value of a field of bytes. */
    public byte[] bytes() {
        expect(BYTES);
        byte[] copy = new byte[length];
        bytes.get(start, copy);
        return copy;
    }

    /** The value of a field that is itself a message. */
    public Wire message() {
        expect(BYTES);
        return new Wire(origin, bytes, start, start + length);
    }

    /** The value of a field of integers, whether packed in one piece or not. */
    public long[] numbers() {
        if (type == VARINT) {
            return new long[] {value};
        }
        Wire packed = message();
        long[] numbers = new long[8];
        int count = 0;
        while (packed.at < packed.end) {
            if (count == numbers.length) {
                throw wrong("more than " + count + " dimensions");
            }
            numbers[count++] = packed.readVarint();
        }
        return Arrays.copyOf(numbers, count);
    }

    /** Where the value of a field of bytes begins in the buffer. */
    public int start() {
        expect(BYTES);
        return start;
    }

    /** How long the value of a field of bytes is. */
    public int length() {
        expect(BYTES);
        return length;
    }

    private void expect(int wanted) {
        if (type != wanted) {
            throw wrong("field " + field + " of wire type " + type + ", expected " + wanted);
        }
    }

    private void skip(int count) {
        if (count > end - at) {
            throw wrong("the end within a number");
        }
        at += count;
    }

    private long readVarint() {
        long read = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (at == end) {
                throw wrong("the end within a number");
            }
            byte b = bytes.get(at++);
            read |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return read;
            }
        }
        throw wrong("a number of more than ten bytes");
    }

    private WeightsException wrong(String found) {
        return new WeightsException(
                origin, "at byte " + at + ": found " + found + "; the file is damaged or of another kind");
    }
}
