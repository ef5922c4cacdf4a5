package org.counterweight.cli;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import javax.imageio.ImageIO;
import org.counterweight.engine.Seed;

/** Small pictures of two kinds, drawn by a seed: dark on the left, or dark on the right. */
final class Pictures {
    /** The kinds, which are the classes of directories of them. */
    static final List<String> CLASSES = List.of("left", "right");

    private static final int SIDE = 8;

    private Pictures() {}

    /** Fills {@code name/left} and {@code name/right} with so many pictures each. */
    static void folders(Sandbox sandbox, String name, int each) {
        for (int kind = 0; kind < CLASSES.size(); kind++) {
            for (int i = 0; i < each; i++) {
                sandbox.write(name + "/" + CLASSES.get(kind) + "/" + i + ".png", png(kind, i));
            }
        }
    }

    /** Writes {@code name-images.idx} and {@code name-labels.idx} with so many pictures of each kind. */
    static void idx(Sandbox sandbox, String name, int each) {
        int rows = 2 * each;
        var images = ByteBuffer.allocate(16 + rows * SIDE * SIDE)
                .putInt(0x0803)
                .putInt(rows)
                .putInt(SIDE)
                .putInt(SIDE);
        var labels = ByteBuffer.allocate(8 + rows).putInt(0x0801).putInt(rows);
        for (int row = 0; row < rows; row++) {
            images.put(pixels(row % 2, row));
            labels.put((byte) (row % 2));
        }
        sandbox.write(name + "-images.idx", images.array());
        sandbox.write(name + "-labels.idx", labels.array());
    }

    /** Fills {@code name/kind0} to {@code name/kind3} with so many pictures each, bright in one corner. */
    static void corners(Sandbox sandbox, String name, int each) {
        for (int kind = 0; kind < 4; kind++) {
            for (int i = 0; i < each; i++) {
                byte[] pixels = new byte[SIDE * SIDE];
                var random = new Seed(i).child(kind).random();
                for (int at = 0; at < pixels.length; at++) {
                    boolean isThere = at % SIDE < SIDE / 2 == (kind % 2 == 0) && at / SIDE < SIDE / 2 == (kind < 2);
                    pixels[at] = (byte) ((isThere ? 160 : 20) + random.nextInt(60));
                }
                sandbox.write(name + "/kind" + kind + "/" + i + ".png", png(pixels));
            }
        }
    }

    static byte[] png(int kind, long seed) {
        return png(pixels(kind, seed));
    }

    private static byte[] png(byte[] pixels) {
        var picture = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < pixels.length; i++) {
            picture.setRGB(i % SIDE, i / SIDE, Byte.toUnsignedInt(pixels[i]) * 0x010101);
        }
        try (var out = new ByteArrayOutputStream()) {
            ImageIO.write(picture, "png", out);
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] pixels(int kind, long seed) {
        var random = new Seed(seed).child(kind).random();
        byte[] pixels = new byte[SIDE * SIDE];
        for (int i = 0; i < pixels.length; i++) {
            boolean isDark = i % SIDE < SIDE / 2 == (kind == 0);
            pixels[i] = (byte) ((isDark ? 40 : 160) + random.nextInt(60));
        }
        return pixels;
    }
}
