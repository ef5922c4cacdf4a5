package org.counterweight.datasets.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.counterweight.data.DataException;
import org.counterweight.data.image.ImageSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmojiConversionTest {
    @TempDir
    Path root;

    @Test
    void whatAnEmojiShowsIsToldWithoutItsVariants() {
        assertThat(EmojiConversion.thing("1F468-1F3FD-200D-1F692"))
                .isEqualTo(EmojiConversion.thing("1F9D1-200D-1F692"))
                .isEqualTo("1F9D1-1F692");
        assertThat(EmojiConversion.thing("1F3C3-200D-2640-FE0F")).isEqualTo("1F3C3");
        assertThat(EmojiConversion.thing("2640-FE0F")).as("the sign itself").isEqualTo("2640-FE0F");
    }

    @Test
    void variantsStayOnOneSide() throws IOException {
        Path in = root.resolve("in");
        Path out = Files.createDirectories(root.resolve("out"));
        Path pictures = Files.createDirectories(in.resolve("package/img/google/64"));
        var entries = new ArrayList<String>();
        for (int i = 0; i < 10; i++) {
            String code = "1F60" + i;
            String tone = code + "-1F3FB";
            entries.add("""
                {"unified": "%1$s", "image": "%2$s.png", "category": "People & Body", "has_img_google": true,
                 "skin_variations": {"1F3FB": {"unified": "%3$s", "image": "%4$s.png", "has_img_google": true}}}
                """.formatted(code, code.toLowerCase(Locale.ROOT), tone, tone.toLowerCase(Locale.ROOT)));
            draw(pictures.resolve(code.toLowerCase(Locale.ROOT) + ".png"), 25 * i);
            draw(pictures.resolve(tone.toLowerCase(Locale.ROOT) + ".png"), 25 * i);
        }
        entries.add("{\"unified\": \"1F3FB\", \"image\": \"none.png\", \"category\": \"Component\"}");
        entries.add(
                "{\"unified\": \"2603\", \"image\": \"none.png\", \"category\": \"Flags\", \"has_img_google\": false}");
        Path list = in.resolve("package/emoji.json");
        Files.writeString(list, "[" + String.join(",", entries) + "]");
        EmojiConversion.pictures("google", 4).convert(in, out);

        ImageSet train = ImageSet.read(out, "train");
        ImageSet test = ImageSet.read(out, "test");
        assertThat(train.labelNames()).isEqualTo(List.of("People & Body"));
        assertThat(train.size()).isEqualTo(16);
        assertThat(test.size()).as("two things of ten, with a variant each").isEqualTo(4);
        assertThat(test.shape()).isEqualTo(new ImageSet.Shape(3, 4, 4));

        entries.set(0, entries.get(0).replace("true", "false")); // not drawn: the others stay on their side
        Files.writeString(list, "[" + String.join(",", entries) + "]");
        Path fewer = Files.createDirectories(root.resolve("fewer"));
        EmojiConversion.pictures("google", 4).convert(in, fewer);
        assertThat(ImageSet.read(fewer, "train").size()).isEqualTo(14);
        assertThat(ImageSet.read(fewer, "test").size()).isEqualTo(4);

        Files.writeString(list, "[{\"category\": \"Flags\"}]");
        assertThatThrownBy(() -> EmojiConversion.pictures("google", 4).convert(in, out))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("an emoji has no unified");
    }

    private static void draw(Path file, int grey) throws IOException {
        var picture = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 64; i++) {
            picture.setRGB(i % 8, i / 8, grey * 0x010101);
        }
        ImageIO.write(picture, "png", file.toFile());
    }
}
