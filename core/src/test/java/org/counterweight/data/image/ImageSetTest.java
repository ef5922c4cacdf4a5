package org.counterweight.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.counterweight.config.ConfigException;
import org.counterweight.data.DataException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageSetTest {
    /** Two images of 1 × 2, with labels 1 and 0. */
    private static final byte[] IMAGES = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, (byte) 255, 51, 102};

    private static final byte[] LABELS = {0, 0, 8, 1, 0, 0, 0, 2, 1, 0};

    @TempDir
    Path directory;

    @Test
    void theDigitsAreIncluded() {
        ImageSet digits = ImageSet.digits();
        assertThat(digits.labelCounts()).containsExactly(178, 182, 177, 183, 181, 182, 181, 179, 174, 180);
        try (var scope = Scope.open()) {
            Batch batch = digits.batch(0, 1796);
            assertThat(Tensors.shape(batch.get(Batch.PIXEL_VALUES))).containsExactly(2, 1, 8, 8);
            assertThat(Tensors.toDoubles(batch.get(Batch.PIXEL_VALUES))).startsWith(0, 0, 5 / 16., 13 / 16., 9 / 16.);
            assertThat(Tensors.toLongs(batch.labels())).containsExactly(0, 8);
        }
    }

    @Test
    void idxFilesAreReadGzippedOrNot() throws IOException {
        Path images = directory.resolve("train-images.idx");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(images))) {
            out.write(IMAGES);
        }
        Files.write(directory.resolve("train-labels.idx"), LABELS);
        ImageSet set = ImageSet.read(directory, "train");
        assertThat(set.shape()).isEqualTo(new ImageSet.Shape(1, 1, 2));
        assertThat(set.labelNames()).containsExactly("0", "1");
        try (var scope = Scope.open()) {
            assertThat(Tensors.toFloats(set.batch(1, 0).get(Batch.PIXEL_VALUES)))
                    .containsExactly(0.2f, 0.4f, 0f, 1f);
        }
    }

    @Test
    void picturesWithColoursAreWrittenAndReadAsIdx() throws IOException {
        var picture = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
        picture.setRGB(0, 0, 0xff0000);
        picture.setRGB(1, 0, 0x00ff33);
        Path file = directory.resolve("a.png");
        ImageIO.write(picture, "png", file.toFile());
        ImageSet drawn = ImageSet.pictures(
                List.of(file, file),
                new ImageForm(new ImageSet.Shape(3, 1, 2)),
                new int[] {1, 0},
                List.of("left", "right"));
        Path images = directory.resolve("train-images.idx");
        drawn.writeIdx(images, IdxLabels.beside(images));
        ImageSet read = ImageSet.read(directory, "train");
        assertThat(ImageSet.isIdx(images)).isTrue();
        assertThat(ImageSet.shapeOfIdx(images)).isEqualTo(drawn.shape());
        assertThat(read.label(0)).isEqualTo(1);
        try (var scope = Scope.open()) {
            assertThat(Tensors.toFloats(read.batch(0).get(Batch.PIXEL_VALUES)))
                    .containsExactly(1f, 0f, 0f, 1f, 0f, 0.2f);
        }
        assertWrong(
                Files.write(directory.resolve("wide-images.idx"), new byte[] {
                    0, 0, 8, 4, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0
                }),
                images,
                "give an image 2 channels; expected [rows, channels, height, width] with 1 or 3");
    }

    @Test
    void aWrongIdxFileIsRefused() throws IOException {
        Path images = Files.write(directory.resolve("images.idx"), IMAGES);
        Path labels = Files.write(directory.resolve("labels.idx"), LABELS);
        assertWrong(labels, labels, "begins with 2049, expected 2051");
        assertWrong(directory.resolve("none.idx"), labels, "there is no such file");
        assertWrong(Files.write(directory.resolve("a"), new byte[] {0, 0, 8}), labels, "ends within its head");
        assertWrong(
                Files.write(directory.resolve("b"), Arrays.copyOf(IMAGES, 19)),
                labels,
                "takes 4 bytes, the file has 3");
        byte[] huge = IMAGES.clone();
        huge[4] = 0x7f;
        huge[8] = 0x7f;
        assertWrong(Files.write(directory.resolve("c"), huge), labels, "are not possible");
        byte[] three = {0, 0, 8, 1, 0, 0, 0, 3, 1, 0, 0};
        assertWrong(images, Files.write(directory.resolve("d"), three), "has 3 labels for 2 images");
        assertThatThrownBy(() -> ImageSet.idx(images, labels, List.of("only")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("has class 1, but only 1 names");
    }

    private static void assertWrong(Path images, Path labels, String message) {
        assertThatThrownBy(() -> ImageSet.idx(images, labels, List.of()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aFolderIsAClass() throws IOException {
        var red = new BufferedImage(4, 4, BufferedImage.TYPE_INT_ARGB);
        for (int i = 0; i < 16; i++) {
            red.setRGB(i % 4, i / 4, 0xffff0000);
        }
        Files.createDirectories(directory.resolve("red"));
        Files.createDirectories(directory.resolve("clear"));
        ImageIO.write(red, "png", directory.resolve("red/1.png").toFile());
        ImageIO.write(
                new BufferedImage(4, 4, BufferedImage.TYPE_INT_ARGB),
                "png",
                directory.resolve("clear/1.png").toFile());
        ImageSet set = ImageSet.folders(directory, 1, 2);
        assertThat(set.labelNames()).containsExactly("clear", "red");
        try (var scope = Scope.open()) {
            Batch batch = set.batch(0, 1);
            assertThat(Tensors.toDoubles(batch.get(Batch.PIXEL_VALUES)))
                    .containsExactly(1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0);
        }
        Files.writeString(directory.resolve("red/2.png"), "no picture");
        assertThatThrownBy(() -> ImageSet.folders(directory, 1, 2))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("2.png: is no picture");
        assertThatThrownBy(() -> ImageSet.folders(directory.resolve("red"), 1, 2))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("has no directories");
    }

    /** A grey picture is as grey when it is read, in colour and on one channel; colours become their brightness. */
    @Test
    void greyStaysGrey() throws IOException {
        var grey = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
        grey.getRaster().setDataElements(0, 0, 2, 1, new byte[] {51, (byte) 204});
        var green = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
        green.setRGB(0, 0, 0x00ff00);
        for (String name : List.of("grey", "green")) {
            Files.createDirectories(directory.resolve(name));
        }
        ImageIO.write(grey, "png", directory.resolve("grey/1.png").toFile());
        ImageIO.write(green, "png", directory.resolve("green/1.png").toFile());
        try (var scope = Scope.open()) {
            ImageSet colours = ImageSet.folders(directory, 1, 2);
            assertThat(Tensors.toFloats(colours.batch(1).get(Batch.PIXEL_VALUES)))
                    .containsExactly(0.2f, 0.8f, 0.2f, 0.8f, 0.2f, 0.8f);
            ImageSet greys =
                    ImageSet.folders(directory, new ImageForm(new ImageSet.Shape(1, 1, 2)), List.of("green", "grey"));
            assertThat(Tensors.toFloats(greys.batch(0, 1).get(Batch.PIXEL_VALUES)))
                    .containsExactly(150 / 255f, 0, 0.2f, 0.8f);
        }
    }

    @Test
    void aFolderOfKnownClassesHasNoOthersAndNoneIsEmpty() throws IOException {
        Files.createDirectories(directory.resolve("red"));
        Files.createDirectories(directory.resolve(".hidden"));
        assertThatThrownBy(() -> ImageSet.folders(directory, 1, 2))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("red: has no pictures (.png, .jpg, .gif, .bmp)");
        ImageIO.write(
                new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB),
                "png",
                directory.resolve("red/1.PNG").toFile());
        assertThat(ImageSet.folders(directory, 1, 2).labelNames()).containsExactly("red");
        assertThatThrownBy(() -> ImageSet.folders(
                        directory, new ImageForm(new ImageSet.Shape(3, 1, 2)), List.of("blue", "green")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("red: is none of the known classes (blue, green)");
    }

    @Test
    void theFormBesideAModelIsReadAsItWasWritten() throws IOException {
        var form = new ImageForm(new ImageSet.Shape(1, 28, 32));
        assertThat(ImageForm.beside(directory)).isNull();
        Path file = directory.resolve(ImageForm.FILE);
        Files.writeString(file, form.json().toString());
        assertThat(ImageForm.beside(directory)).isEqualTo(form);
        for (String wrong : List.of("\"num_channels\":2", "\"num_channels\":0")) {
            Files.writeString(file, form.json().toString().replace("\"num_channels\":1", wrong));
            assertThatThrownBy(() -> ImageForm.beside(directory))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(ImageForm.FILE + ": num_channels");
        }
    }
}
