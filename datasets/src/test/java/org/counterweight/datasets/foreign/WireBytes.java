package org.counterweight.datasets.foreign;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes messages in Protocol Buffers' wire format, right ones and wrong ones. */
final class WireBytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    WireBytes varint(long value) {
        long rest = value;
        for (; (rest & ~0x7fL) != 0; rest >>>= 7) {
            out.write((int) (rest & 0x7f | 0x80));
        }
        out.write((int) rest);
        return this;
    }

    WireBytes number(int field, long value) {
        return varint((long) field << 3).varint(value);
    }

    WireBytes bytes(int field, byte[] value) {
        varint((long) field << 3 | 2).varint(value.length);
        return raw(value);
    }

    WireBytes text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    WireBytes message(int field, WireBytes value) {
        return bytes(field, value.toBytes());
    }

    WireBytes raw(byte[] value) {
        out.writeBytes(value);
        return this;
    }

    /** These bytes, one an argument. */
    WireBytes octets(int... values) {
        for (int value : values) {
            out.write(value);
        }
        return this;
    }

    byte[] toBytes() {
        return out.toByteArray();
    }
}
