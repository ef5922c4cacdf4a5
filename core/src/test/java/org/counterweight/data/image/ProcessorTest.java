package org.counterweight.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import javax.imageio.ImageIO;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Pictures become what image processors of transformers 5.18 make of them: values of theirs, and of Pillow's, on a picture
 * that a formula gives.
 */
class ProcessorTest {
    @TempDir
    private Path directory;

    private static int value(int x, int y, int channel) {
        return (x * 37 + y * 91 + channel * 53 + x * y * 7) % 256;
    }

    private static Pixels picture(int width, int height) {
        Pixels picture = Pixels.blank(3, height, width);
        for (int channel = 0; channel < 3; channel++) {
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    picture.values()[picture.at(channel, y, x)] = (byte) value(x, y, channel);
                }
            }
        }
        return picture;
    }

    @ParameterizedTest(name = "{4}, {0} x {1} to {2} x {3}")
    @CsvSource({
        "13, 9, 5, 4, NEAREST,"
                + "87df63e73f4bbf6d1b8f0f9f774fdfd37f81832fbc14981c7480f4a250c4"
                + "44d4ac841408b4b6b864f149cd51a9b529d785f97909e1b9493de9ebed99",
        "13, 9, 5, 4, LANCZOS,"
                + "647b796e7882928983866d81947d8e8282777f817f897e7b93878984828f"
                + "9c7f89836a65777a7a5f8f94858d727e867b81917b6d806684998d78879c",
        "13, 9, 5, 4, BILINEAR,"
                + "6a787e73777b8c8d7f877380907c8a83847a808183877c8290868d808190"
                + "938286846a6975797c648f9286897682847e7f907a717f6d80928a808499",
        "13, 9, 5, 4, BICUBIC,"
                + "657a7b70767e908b80897080927d8c8385777f8182877d7e93858c828191"
                + "9a8089846866757a7c618f93868b7380867a81917a6e7e6982968c7d869c",
        "13, 9, 5, 4, BOX,"
                + "567c76866b84878a7e8f6b7d8f778984a46e64838b71807ba0809185898b"
                + "a072996c68645979996396a68b70807c9c6593878067796173998e838e98",
        "13, 9, 5, 4, HAMMING,"
                + "5f7b7f7d7175968a7c8f6c8393728c878e71777e877b797d997f92837899"
                + "96808e82615e6a7886619a958b807684857984947a6a826d7c8e91898b96",
        "5, 4, 7, 6, NEAREST,"
                + "0025254a6f6f945b8787b3dfdf0b5b8787b3dfdf0bb6e9e91c4f4f82b6e9e91c4f4f82114b4b85bfbff9355a5a7fa4a4c990bcbce814144090bcbce8141440"
                + "eb1e1e518484b7eb1e1e518484b7468080baf4f42e6a8f8fb4d9d9fec5f1f11d494975c5f1f11d49497520535386b9b9ec20535386b9b9ec7bb5b5ef292963",
        "5, 4, 7, 6, LANCZOS,"
                + "000c2a3c4f83a81c2b588bbb85487491a6a6e57900b7f1c2293e68605c8a89445aadd700165693bde9ff2e3d5671a0cbda4d70b4c0715e82aea3c9db3e1250"
                + "ff851c5e5d87b7a0663d79c7b0722f5fa3c8ff980b5c6a96c5dffcffa0c6b76874a3b3ade5b1162a6f7d2b4b646699d3e83d529cce8c87b7859ce9f64c1c5e",
        "5, 4, 7, 6, BILINEAR,"
                + "0015304a647f942e45627f9b82506a84989aba7f1fa7c3aa35586a6e64838551779fbe11325c85aed8f9354a657f99b4c9637a97b4756e859fa0afcf573a54"
                + "dc7f476a6f87a3996f5f86ac9d73466791bae39f2e6a7f9ab4cee9fe98afa76985a3baa9c3a62f4e6f893c58707498bcd84e6d94bb8689a87b9cc6ef624263",
        "5, 4, 7, 6, BICUBIC,"
                + "000c29435c82a024385d84ab85486a869fa6d68006b3debc2948666c61888a4b6da4cc0322568cb6e4ff2d415e789fc1d45777a2b96f6584a1a6bfdb44204b"
                + "f67d2a5e678cb39e694e80bca771376299c1fea118627598bed8f5ff9cbbb1677fa3b8b2dcb6203b67802d4a68729fcde7436195c48486ad7e9ed4f6502b5d",
        "5, 4, 7, 6, BOX,"
                + "0025254a6f6f945b8787b3dfdf0b5b8787b3dfdf0bb6e9e91c4f4f82114b4b85bfbff9114b4b85bfbff9355a5a7fa4a4c990bcbce814144090bcbce8141440"
                + "eb1e1e518484b7468080baf4f42e468080baf4f42e6a8f8fb4d9d9fec5f1f11d494975c5f1f11d49497520535386b9b9ec7bb5b5ef2929637bb5b5ef292963",
        "5, 4, 7, 6, HAMMING,"
                + "0018294a6b7c942e485b7fa38a505e7b8eafd6950eb3d5d1204d627f64889251819abe11375185b9d3f9354d5e7fa0b1c9637d90b4666a8593abbce42d2643"
                + "e86529557c92b499685586b6a373466c86baeeb12e6a8293b4d5e6fe98b2b7698d9fbac0ddd620475b7825475d83b0c7e94e728abb7984a87ba1bbef3f3d63"
    })
    void pixelsOfAnotherSizeArePillows(
            int width, int height, int newWidth, int newHeight, Resampling how, String bytes) {
        assertThat(how.apply(picture(width, height), newHeight, newWidth).values())
                .isEqualTo(HexFormat.of().parseHex(bytes));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "vit | {'image_processor_type': 'ViTImageProcessor', 'size': {'height': 6, 'width': 8}}"
                        + " | [3 6 8] | 1.3882 | -0.9259 | -0.5255 | 1.9174",
                "vit-int | {'do_normalize': false, 'image_processor_type': 'ViTImageProcessor', 'resample': 3, 'size': {'height': 7, 'width': 7}}"
                        + " | [3 7 7] | 74.1765 | 0.5614 | 73.1765 | -0.1453",
                "deit | {'crop_size': {'height': 6, 'width': 6}, 'do_center_crop': true, 'image_processor_type': 'DeiTImageProcessor', 'size': {'height': 8, 'width': 8}}"
                        + " | [3 6 6] | 0.9726 | 0.0156 | 1.4510 | 0.1926",
                "deit-small | {'crop_size': {'height': 7, 'width': 6}, 'do_center_crop': true, 'image_processor_type': 'DeiTImageProcessor', 'size': {'height': 4, 'width': 4}}"
                        + " | [3 7 6] | -77.4980 | -0.6879 | -78.0471 | -1.1984",
                "convnext | {'crop_pct': 0.875, 'image_processor_type': 'ConvNextImageProcessor', 'size': {'shortest_edge': 8}}"
                        + " | [3 8 8] | 3.3882 | 9.7493 | 4.6431 | 3.3339",
                "convnext-large | {'crop_pct': 0.875, 'image_processor_type': 'ConvNextImageProcessor', 'size': {'shortest_edge': 384}}"
                        + " | [3 384 384] | 4194.0016 | 5.9056 | -3192.9237 | 2.0795",
                "clip | {'crop_size': {'height': 8, 'width': 8}, 'do_center_crop': true, 'image_processor_type': 'CLIPImageProcessor', 'size': {'shortest_edge': 10}}"
                        + " | [3 8 8] | 41.1246 | -2.5742 | 45.6784 | 7.3227",
                "dinov2 | {'crop_size': {'height': 7, 'width': 7}, 'do_center_crop': true, 'image_mean': [0.485, 0.456, 0.406], 'image_processor_type': 'BitImageProcessor', 'image_std': [0.229, 0.224, 0.225], 'resample': 3, 'size': {'shortest_edge': 9}}"
                        + " | [3 7 7] | 38.5079 | -1.5130 | 43.0005 | -3.0426",
                "vit-default | {'image_processor_type': 'ViTFeatureExtractor'}"
                        + " | [3 224 224] | 1431.8705 | 0.1190 | -1061.5805 | 0.3610",
                "deit-default | {'image_processor_type': 'DeiTImageProcessorFast'}"
                        + " | [3 224 224] | 1584.3799 | 0.8932 | 1520.9682 | 0.0961",
                "clip-default | {'feature_extractor_type': 'CLIPFeatureExtractor', 'size': 224, 'crop_size': 224}"
                        + " | [3 224 224] | 32568.8483 | 1.0038 | 31726.2624 | -0.8725"
            })
    void whatAModelSeesIsWhatTransformersShowsIt(
            String name, String json, String shape, double wide, double wideWaves, double high, double highWaves)
            throws IOException {
        Files.writeString(directory.resolve(ImageForm.FILE), json.replace('\'', '"'));
        ImageForm form = ImageForm.of(directory);
        assertThat(form.shape().sizes().toString().replace(",", "")).as(name).isEqualTo(shape);
        ImageSet seen = ImageSet.unlabelled(List.of(png(13, 9), png(9, 14)), form);
        try (var scope = Scope.open()) {
            assertSums(Tensors.toDoubles(seen.batch(0).get(Batch.PIXEL_VALUES)), wide, wideWaves);
            assertSums(Tensors.toDoubles(seen.batch(1).get(Batch.PIXEL_VALUES)), high, highWaves);
        }
    }

    private static void assertSums(double[] values, double sum, double waves) {
        double found = 0;
        double waving = 0;
        for (int i = 0; i < values.length; i++) {
            found += values[i];
            waving += values[i] * Math.sin(i);
        }
        assertThat(found).isCloseTo(sum, within(1e-4 + 1e-6 * values.length));
        assertThat(waving).isCloseTo(waves, within(1e-3));
    }

    private Path png(int width, int height) throws IOException {
        var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, value(x, y, 0) << 16 | value(x, y, 1) << 8 | value(x, y, 2));
            }
        }
        Path file = directory.resolve(width + ".png");
        ImageIO.write(image, "png", file.toFile());
        return file;
    }

    /** CLIP's directories of transformers 5 have one file for texts and images. */
    @Test
    void theFormMayStandBesideThatOfTexts() throws IOException {
        Files.writeString(
                directory.resolve("processor_config.json"),
                "{\"image_processor\": {\"image_processor_type\": \"CLIPImageProcessor\","
                        + " \"crop_size\": {\"height\": 8, \"width\": 6}}, \"processor_class\": \"CLIPProcessor\"}");
        assertThat(ImageForm.of(directory).shape()).isEqualTo(new ImageSet.Shape(3, 8, 6));
    }

    /** Java would brighten greys on their way to colours. */
    @Test
    void greysAreWhatTheFileHas() throws IOException {
        var grey = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
        grey.getRaster().setDataElements(0, 0, 2, 1, new byte[] {51, (byte) 204});
        Path file = directory.resolve("grey.png");
        ImageIO.write(grey, "png", file.toFile());
        byte bright = (byte) 204;
        assertThat(Picture.pixels(file, 3).values()).containsExactly(51, bright, 51, bright, 51, bright);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'resample': 7} | resample: 7 is not allowed",
                "{'image_processor_type': 'BeitImageProcessor'} | image_processor_type: \"BeitImageProcessor\" is not allowed",
                "{'image_processor_type': 'CLIPImageProcessor', 'do_center_crop': false} | keep their own proportions",
                "{'size': {'shortest_edge': 4, 'longest_edge': 8}} | a height and a width, or shortest_edge alone",
                "{'size': {'height': 0, 'width': 8}} | size.height: 0 is not allowed",
                "{'image_std': [0.5, 0, 0.5]} | image_std",
                "{'image_mean': [0.5, 0.5]} | a number for each of three channels, or of one",
                "{'rescale_factor': 0} | rescale_factor",
                "{'image_processor_type': 'ConvNextImageProcessor', 'size': {'shortest_edge': 8}, 'crop_pct': 2} | crop_pct"
            })
    void whatCannotBeDoneIsNamed(String json, String message) throws IOException {
        Files.writeString(directory.resolve(ImageForm.FILE), json.replace('\'', '"'));
        assertThatThrownBy(() -> ImageForm.beside(directory))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message);
    }
}
