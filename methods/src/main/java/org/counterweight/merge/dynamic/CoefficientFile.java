package org.counterweight.merge.dynamic;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.data.DataException;
import org.counterweight.engine.Tensors;
import org.counterweight.weights.Staged;

/** Coefficients as the official script stores them: NumPy's {@code .npy} of float32, {@code [N, 1]}. */
public final class CoefficientFile {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
    private static final int ALIGNMENT = 64;
    private static final Pattern SHAPE = Pattern.compile("'shape': \\((\\d{1,9}),(?: 1)?\\)");

    private CoefficientFile() {}

    /** Writes {@code [N]} coefficients, whole or not at all. */
    public static void write(Path file, Tensor lambda) {
        float[] values = Tensors.toFloats(lambda.to(ScalarType.Float));
        String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + values.length + ", 1), }";
        int padding = ALIGNMENT - (MAGIC.length + 2 + header.length() + 1) % ALIGNMENT;
        byte[] text = (header + " ".repeat(padding % ALIGNMENT) + "\n").getBytes(StandardCharsets.US_ASCII);
        ByteBuffer bytes = ByteBuffer.allocate(MAGIC.length + 2 + text.length + Float.BYTES * values.length)
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(MAGIC).putShort((short) text.length).put(text);
        for (float value : values) {
            bytes.putFloat(value);
        }
        try (Staged staged = Staged.file(file)) {
            Files.write(staged.path(), bytes.array());
            staged.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /**
     * Reads {@code [N]} coefficients.
     *
     * @throws DataException if it is no such file
     */
    public static Tensor read(Path file) {
        ByteBuffer bytes;
        try {
            bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
        }
        byte[] magic = new byte[MAGIC.length];
        if (bytes.remaining() < MAGIC.length + 2 || !Arrays.equals(MAGIC, taken(bytes, magic))) {
            throw new DataException(file + ": is no .npy file of version 1");
        }
        int length = bytes.getShort() & 0xffff;
        String header =
                length > bytes.remaining() ? "" : new String(taken(bytes, new byte[length]), StandardCharsets.US_ASCII);
        Matcher shape = SHAPE.matcher(header);
        if (!header.contains("'<f4'") || !header.contains("'fortran_order': False") || !shape.find()) {
            throw new DataException(file + ": expected float32 of shape (N, 1), found " + header.strip());
        }
        int n = Integer.parseInt(shape.group(1));
        if (bytes.remaining() != (long) Float.BYTES * n) {
            throw new DataException(file + ": has " + bytes.remaining() + " bytes of numbers, its header says "
                    + (long) Float.BYTES * n);
        }
        float[] values = new float[n];
        bytes.asFloatBuffer().get(values);
        return Tensors.floats(values);
    }

    private static byte[] taken(ByteBuffer from, byte[] bytes) {
        from.get(bytes);
        return bytes;
    }
}
