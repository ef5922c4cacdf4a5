package org.counterweight.data.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import org.counterweight.data.text.vocabulary.BertVocabulary;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextTokenizerTest {
    @TempDir
    Path directory;

    @Test
    void aVocabularyOfBertsKindIsEnough() throws IOException {
        try (var tokenizer = TextTokenizer.open(vocabulary(), 16)) {
            assertThat(tokenizer.encode("The CAT sät, cats!")).containsExactly(2, 5, 6, 7, 10, 6, 8, 1, 3);
            assertThat(tokenizer.decode(2, 5, 6, 8, 3)).isEqualTo("the cats");
            assertThat(tokenizer.special("[MASK]")).hasValue(4);
            assertThat(tokenizer.padId()).isZero();
        }
    }

    @Test
    void caseIsKeptWhereTheConfigSaysSo() throws IOException {
        Files.writeString(directory.resolve("tokenizer_config.json"), "{\"do_lower_case\": false}");
        try (var tokenizer = TextTokenizer.open(vocabulary(), 16)) {
            assertThat(tokenizer.encode("The the")).containsExactly(2, 1, 5, 3);
        }
    }

    @Test
    void itsOwnPaddingAndTruncationAreNotObeyed() throws IOException {
        var json = BertVocabulary.read(vocabulary().resolve("vocab.txt"), Configs.JSON.createObjectNode());
        json.putObject("truncation")
                .put("max_length", 4)
                .put("strategy", "LongestFirst")
                .put("stride", 0)
                .put("direction", "Right");
        json.putObject("padding")
                .put("direction", "Right")
                .putNull("pad_to_multiple_of")
                .put("pad_id", 0)
                .put("pad_type_id", 0)
                .put("pad_token", "[PAD]")
                .putObject("strategy")
                .put("Fixed", 12);
        Files.writeString(directory.resolve("tokenizer.json"), json.toString());
        try (var tokenizer = TextTokenizer.open(directory, 6)) {
            assertThat(tokenizer.encode("the")).containsExactly(2, 5, 3);
            assertThat(tokenizer.encode("the cat sat the cat sat")).containsExactly(2, 5, 6, 7, 5, 3);
            assertThat(tokenizer
                            .encode(List.of("the", "the cat sat the cat sat"))
                            .truncated())
                    .isEqualTo(1);
        }
        try (var tokenizer = TextTokenizer.open(directory, TextTokenizer.UNLIMITED)) {
            assertThat(tokenizer.encode("the ".repeat(3000))).hasSize(3002);
        }
    }

    @Test
    void nothingIsReportedToAnybody() throws IOException {
        System.clearProperty("OPT_OUT_TRACKING");
        System.clearProperty("ai.djl.offline");
        try (var tokenizer = TextTokenizer.open(vocabulary(), 16)) {
            assertThat(System.getProperty("OPT_OUT_TRACKING")).isEqualTo("true");
            assertThat(System.getProperty("ai.djl.offline")).isEqualTo("true");
        }
    }

    @Test
    void aBatchIsPaddedToTheLongestOfItsRows() throws IOException {
        var texts = LabelledTexts.of(List.of("the cat sat", "cat", "the cats the cats"), List.of("10", "9", "10"));
        try (var scope = Scope.open();
                var tokenizer = TextTokenizer.open(vocabulary(), 16)) {
            var data = TextClassification.of(texts, tokenizer);
            assertThat(data.labelNames()).containsExactly("9", "10");
            assertThat(data.labelCounts()).containsExactly(1, 2);
            assertThat(data.length(2)).isEqualTo(8);
            Batch batch = data.batch(1, 0);
            assertThat(Tensors.shape(batch.inputIds())).containsExactly(2, 5);
            assertThat(Tensors.toLongs(batch.inputIds())).containsExactly(2, 6, 3, 0, 0, 2, 5, 6, 7, 3);
            assertThat(Tensors.toLongs(batch.get(Batch.ATTENTION_MASK))).containsExactly(1, 1, 1, 0, 0, 1, 1, 1, 1, 1);
            assertThat(Tensors.toLongs(batch.labels())).containsExactly(0, 1);
            assertThat(Tensors.toLongs(batch.get(Batch.ROW))).containsExactly(1, 0);
        }
    }

    @Test
    void whatIsWrongIsSaid() throws IOException {
        assertThatThrownBy(() -> TextTokenizer.open(directory, 16))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("neither tokenizer.json nor vocab.txt");
        assertThatThrownBy(() -> TextTokenizer.open(directory.resolve("no.json"), 16))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("there is no such file");
        assertThatThrownBy(() -> TextTokenizer.open(vocabulary(), 1))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("max_length: 1 is not allowed");
        Files.writeString(directory.resolve("tokenizer.json"), "{\"version\": \"1.0\", \"model\": 3}");
        assertThatThrownBy(() -> TextTokenizer.open(directory, 16))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("tokenizer.json: the tokenizer cannot be read");
        Files.writeString(directory.resolve("words.txt"), "one\ntwo\n");
        assertThatThrownBy(() -> TextTokenizer.open(directory.resolve("words.txt"), 16))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("has no line [PAD]");
        assertThatThrownBy(() -> LabelledTexts.of(List.of("a", "b"), List.of("x", "z"), List.of("x", "y")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("row 2: the label \"z\" is none of the known classes (x, y)");
    }

    private Path vocabulary() throws IOException {
        Files.write(
                directory.resolve("vocab.txt"),
                List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "sat", "##s", "##at", ","));
        return directory;
    }
}
