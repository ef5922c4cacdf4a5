package org.counterweight.data.image;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;

/** Images as a PNG: one, or several side by side. */
public final class ImageSheet {
    private static final int OPAQUE = 0xff000000;

    private ImageSheet() {}

    /**
     * One PNG of several images, with a pixel of nothing between them: white there were a stroke among them on a
     * dark page.
     *
     * @param pixels {@code [n, channels, height, width]}, in [0, 1] or cut off there
     * @param columns images in a row
     */
    public static byte[] png(Tensor pixels, int columns) {
        int n = Math.toIntExact(pixels.size(0));
        int height = Math.toIntExact(pixels.size(2));
        int width = Math.toIntExact(pixels.size(3));
        int across = Math.min(columns, n);
        int down = (n + across - 1) / across;
        int type = n == 1 ? BufferedImage.TYPE_INT_RGB : BufferedImage.TYPE_INT_ARGB; // of one there is nothing between
        var sheet = new BufferedImage(across * (width + 1) - 1, down * (height + 1) - 1, type);
        for (int i = 0; i < n; i++) {
            try (var scope = Scope.open()) {
                sheet.setRGB(
                        i % across * (width + 1),
                        i / across * (height + 1),
                        width,
                        height,
                        colours(pixels.select(0, i)),
                        0,
                        width);
            }
        }
        var bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(sheet, "png", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Red, green and blue of each pixel in one number; grey where there is one channel. */
    private static int[] colours(Tensor pixels) {
        Tensor levels = Tensors.times(pixels.clamp_min(Tensors.scalar(0)).clamp_max(Tensors.scalar(1)), 255)
                .round()
                .to(ScalarType.Long);
        long channels = levels.size(0);
        Tensor packed = levels.select(0, 0)
                .mul(new Scalar(1 << 16))
                .add(levels.select(0, Math.min(1, channels - 1)).mul(new Scalar(1 << 8)))
                .add(levels.select(0, Math.min(2, channels - 1)));
        long[] values = Tensors.toLongs(packed.contiguous());
        int[] colours = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            colours[i] = OPAQUE | (int) values[i];
        }
        return colours;
    }
}
