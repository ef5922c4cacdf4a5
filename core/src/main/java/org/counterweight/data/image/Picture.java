package org.counterweight.data.image;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.counterweight.data.DataException;

/**
 * A picture in a file: as it is, or drawn to a size, as a whole, on white, each pixel from its four neighbours.
 */
final class Picture {
    private Picture() {}

    /**
     * Draws it.
     *
     * @param shape one channel for grey, three for colour
     * @param into its values go there, channel by channel, from {@code at} on
     * @throws DataException if the file is no picture
     */
    static void draw(Path file, ImageSet.Shape shape, byte[] into, int at) {
        put(colours(read(file), shape), shape.channels(), into, at);
    }

    /**
     * Its own pixels. What is see-through counts as if it were not, as in transformers.
     *
     * @param channels one for grey, three for colour
     * @throws DataException if the file is no picture
     */
    static Pixels pixels(Path file, int channels) {
        BufferedImage image = read(file);
        Pixels pixels = Pixels.blank(channels, image.getHeight(), image.getWidth());
        put(colours(image), channels, pixels.values(), 0);
        return pixels;
    }

    /** @param colours red, green and blue of each pixel, from the highest bits down */
    private static void put(int[] colours, int channels, byte[] into, int at) {
        int area = colours.length;
        for (int i = 0; i < area; i++) {
            int red = colours[i] >> 16 & 0xff;
            int green = colours[i] >> 8 & 0xff;
            int blue = colours[i] & 0xff;
            if (channels == 1) {
                into[at + i] = (byte) luma(red, green, blue);
            } else {
                into[at + i] = (byte) red;
                into[at + area + i] = (byte) green;
                into[at + 2 * area + i] = (byte) blue;
            }
        }
    }

    private static int[] colours(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        boolean isGrey = image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY
                && !(image.getColorModel() instanceof IndexColorModel);
        if (!isGrey) {
            return image.getRGB(0, 0, width, height, null, 0, width);
        }
        // greys as they stand in the file: Java would brighten them on their way to colours
        int[] greys = image.getRaster().getSamples(0, 0, width, height, 0, (int[]) null);
        int spare = image.getRaster().getSampleModel().getSampleSize(0) - Byte.SIZE;
        for (int i = 0; i < greys.length; i++) {
            greys[i] = (spare > 0 ? greys[i] >> spare : greys[i]) * 0x010101;
        }
        return greys;
    }

    private static int[] colours(BufferedImage image, ImageSet.Shape shape) {
        var drawn = new BufferedImage(shape.width(), shape.height(), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = drawn.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        graphics.setBackground(Color.WHITE);
        graphics.clearRect(0, 0, shape.width(), shape.height());
        graphics.drawImage(image, 0, 0, shape.width(), shape.height(), null);
        graphics.dispose();
        return drawn.getRGB(0, 0, shape.width(), shape.height(), null, 0, shape.width());
    }

    /** The brightness of a colour by ITU-R BT.601, rounded. */
    private static int luma(int red, int green, int blue) {
        return (299 * red + 587 * green + 114 * blue + 500) / 1000;
    }

    private static BufferedImage read(Path file) {
        BufferedImage image;
        try {
            image = ImageIO.read(file.toFile());
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
        }
        if (image == null) {
            throw new DataException(file + ": is no picture that can be read; convert it to PNG");
        }
        return image;
    }
}
