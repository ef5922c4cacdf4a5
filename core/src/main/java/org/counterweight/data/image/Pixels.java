package org.counterweight.data.image;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.counterweight.data.DataException;

/**
 * A picture as bytes.
 *
 * @param channels one for grey, three for colour
 * @param values {@code [channels, height, width]}, row-major, unsigned
 */
public record Pixels(int channels, int height, int width, byte[] values) {
    /**
     * Reads the pixels of a picture as they are.
     *
     * @throws DataException if the file is no picture, or has another size
     */
    public static Pixels read(Path file, ImageSet.Shape shape) {
        Pixels found = Picture.pixels(file, shape.channels());
        if (found.height != shape.height() || found.width != shape.width()) {
            throw new DataException(file + ": is " + found.height + " x " + found.width + ", expected "
                    + shape.height() + " x " + shape.width() + "; it is another model's, take it away");
        }
        return found;
    }

    /** Writes them as a PNG, of which {@link #read} makes the same. */
    public void write(Path file) throws IOException {
        var image = new BufferedImage(
                width, height, channels == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                for (int channel = 0; channel < channels; channel++) {
                    image.getRaster().setSample(x, y, channel, values[at(channel, y, x)] & 0xff);
                }
            }
        }
        ImageIO.write(image, "png", file.toFile());
    }

    static Pixels blank(int channels, int height, int width) {
        return new Pixels(
                channels, height, width, new byte[Math.multiplyExact(Math.multiplyExact(channels, height), width)]);
    }

    /** Where that pixel's value stands. */
    int at(int channel, int row, int column) {
        return (channel * height + row) * width + column;
    }

    /** The middle of it; black around one that is smaller, as in transformers. */
    Pixels middle(int high, int wide) {
        Pixels cut = blank(channels, high, wide);
        int top = start(height, high);
        int left = start(width, wide);
        for (int channel = 0; channel < channels; channel++) {
            for (int y = Math.max(0, -top); y < Math.min(high, height - top); y++) {
                int from = Math.max(0, -left);
                int count = Math.min(wide, width - left) - from;
                System.arraycopy(
                        values, at(channel, y + top, from + left), cut.values, cut.at(channel, y, from), count);
            }
        }
        return cut;
    }

    /** Where a cut begins; below 0 where it is larger than what there is. */
    private static int start(int there, int wanted) {
        return Math.floorDiv(there - wanted, 2);
    }

    /** The same grey on three channels. */
    Pixels inColour() {
        if (channels != 1) {
            return this;
        }
        Pixels colour = blank(3, height, width);
        for (int channel = 0; channel < 3; channel++) {
            System.arraycopy(values, 0, colour.values, channel * values.length, values.length);
        }
        return colour;
    }
}
