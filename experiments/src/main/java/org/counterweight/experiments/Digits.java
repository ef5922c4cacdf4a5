package org.counterweight.experiments;

import static org.bytedeco.pytorch.global.torch.rot90;
import static org.counterweight.engine.Tensors.floats;
import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.engine.Tensors.plus;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.bytedeco.pytorch.Tensor;

/** The 1,797 handwritten digits of UCI's optdigits: 8 × 8 pixels from 0 to 1, {@code [n, 64]}, with their classes. */
final class Digits {
    private Digits() {}

    static Samples read() {
        String file = "digits.csv.gz";
        try (var in = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Objects.requireNonNull(Digits.class.getResourceAsStream(file), file)),
                StandardCharsets.US_ASCII))) {
            List<String[]> rows = in.lines().map(line -> line.split(",")).toList();
            float[] pixels = new float[rows.size() * 64];
            long[] labels = new long[rows.size()];
            for (int row = 0; row < labels.length; row++) {
                for (int i = 0; i < 64; i++) {
                    pixels[row * 64 + i] = Float.parseFloat(rows.get(row)[i]) / 16;
                }
                labels[row] = (long) Double.parseDouble(rows.get(row)[64]);
            }
            return new Samples(floats(pixels, labels.length, 64), longs(labels));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Each image turned by a quarter. */
    static Tensor rotated(Tensor pixels) {
        return rot90(pixels.view(-1, 8, 8), 1, new long[] {1, 2}).reshape(-1, 64);
    }

    /** Black for white. */
    static Tensor inverted(Tensor pixels) {
        return plus(pixels.neg(), 1);
    }
}
