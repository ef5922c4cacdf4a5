package org.counterweight.data.image;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.counterweight.data.DataException;

/** Handwritten digits that lie in our own resources. */
final class IncludedDigits {
    private static final int DIGITS = 1797;

    private IncludedDigits() {}

    static ImageSet read() {
        byte[] pixels = new byte[DIGITS * 64];
        int[] labels = new int[DIGITS];
        InputStream resource = Objects.requireNonNull(ImageSet.class.getResourceAsStream("digits.csv.gz"), "digits");
        try (var lines =
                new BufferedReader(new InputStreamReader(new GZIPInputStream(resource), StandardCharsets.US_ASCII))) {
            for (int row = 0; row < DIGITS; row++) {
                String[] values = Objects.requireNonNull(lines.readLine(), "a line a digit")
                        .split(",");
                for (int i = 0; i < 64; i++) {
                    pixels[row * 64 + i] = Byte.parseByte(values[i]);
                }
                labels[row] = Integer.parseInt(values[64]);
            }
        } catch (IOException e) {
            throw new DataException("the digits in the resources cannot be read: " + e.getMessage(), e);
        }
        return new ImageSet(pixels, labels, ImageSet.numbers(10), new ImageSet.Shape(1, 8, 8), PixelValues.upTo(16));
    }
}
