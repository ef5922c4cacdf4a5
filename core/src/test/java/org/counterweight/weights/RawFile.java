package org.counterweight.weights;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the bytes of a safetensors file by hand, right or wrong. */
final class RawFile {
    private RawFile() {}

    static Path write(Path path, String header, int dataBytes) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return write(path, json.length, json, dataBytes);
    }

    static Path write(Path path, long statedLength, byte[] header, int dataBytes) {
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(statedLength).put(header);
        for (int i = 0; i < dataBytes; i++) {
            bytes.put((byte) i);
        }
        return write(path, bytes.array());
    }

    static Path write(Path path, byte[] bytes) {
        try {
            return Files.write(path, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
