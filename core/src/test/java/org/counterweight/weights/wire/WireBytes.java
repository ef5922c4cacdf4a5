package org.counterweight.weights.wire;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes messages in Protocol Buffers' wire format, right ones and wrong ones. */
public final class WireBytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    public WireBytes varint(long value) {
        long rest = value;
        for (; (rest & ~0x7fL) != 0; rest >>>= 7) {
            out.write((int) (rest & 0x7f | 0x80));
        }
        out.write((int) rest);
        return this;
    }

    public WireBytes number(int field, long value) {
        return varint((long) field << 3).varint(value);
    }

    public WireBytes real(int field, float value) {
        varint((long) field << 3 | 5);
        int bits = Float.floatToIntBits(value);
        return octets(bits & 0xff, bits >> 8 & 0xff, bits >> 16 & 0xff, bits >> 24 & 0xff);
    }

    public WireBytes bytes(int field, byte[] value) {
        varint((long) field << 3 | 2).varint(value.length);
        return raw(value);
    }

    public WireBytes text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    public WireBytes message(int field, WireBytes value) {
        return bytes(field, value.toBytes());
    }

    public WireBytes raw(byte[] value) {
        out.writeBytes(value);
        return this;
    }

    /** These bytes, one an argument. */
    public WireBytes octets(int... values) {
        for (int value : values) {
            out.write(value);
        }
        return this;
    }

    public byte[] toBytes() {
        return out.toByteArray();
    }
}
