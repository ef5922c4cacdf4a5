package org.counterweight.data.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.junit.jupiter.api.Test;

class ImageSheetTest {
    private static BufferedImage sheet(int images) throws IOException {
        float[] pixels = new float[images * 4]; // grey, 2 x 2 each
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = i % 4 == 0 ? 1 : 0;
        }
        try (var scope = Scope.open()) {
            byte[] png = ImageSheet.png(Tensors.floats(pixels, images, 1, 2, 2), 2);
            return ImageIO.read(new ByteArrayInputStream(png));
        }
    }

    @Test
    void betweenImagesIsNothing() throws IOException {
        BufferedImage sheet = sheet(3);
        assertThat(new int[] {sheet.getWidth(), sheet.getHeight()}).containsExactly(5, 5);
        assertThat(sheet.getRGB(0, 0)).isEqualTo(0xffffffff);
        assertThat(sheet.getRGB(1, 0)).isEqualTo(0xff000000);
        assertThat(sheet.getRGB(3, 3)).as("where a fourth would be").isZero();
        for (int i = 0; i < 5; i++) {
            assertThat(sheet.getRGB(2, i)).isZero();
            assertThat(sheet.getRGB(i, 2)).isZero();
        }
    }

    /** As others read it who expect three channels. */
    @Test
    void anImageAloneIsOpaque() throws IOException {
        assertThat(sheet(1).getColorModel().hasAlpha()).isFalse();
    }
}
