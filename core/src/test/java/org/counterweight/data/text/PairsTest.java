package org.counterweight.data.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two texts as one row; the expected tokens and types are those of transformers 5.18. */
class PairsTest {
    @TempDir
    private Path directory;

    @Test
    void bertsAreToldWhichTextATokenIsOf() throws IOException {
        vocabulary();
        try (var scope = Scope.open();
                var tokenizer = TextTokenizer.open(directory, 16)) {
            Map<String, Tensor> read = tokenizer
                    .encode(List.of("the cat", "cat"), List.of("sat", "the cat sat"))
                    .inputs(tokenizer.padId(), 0, 1);
            assertThat(Tensors.toLongs(Objects.requireNonNull(read.get(Batch.INPUT_IDS))))
                    .containsExactly(2, 5, 6, 3, 7, 3, 0, 2, 6, 3, 5, 6, 7, 3);
            assertThat(Tensors.toLongs(Objects.requireNonNull(read.get(Batch.TOKEN_TYPE_IDS))))
                    .containsExactly(0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1);
            assertThat(tokenizer.encode(List.of("the cat")).inputs(0, 0)).doesNotContainKey(Batch.TOKEN_TYPE_IDS);
        }
    }

    /** What transformers passes to a model depends on the tokenizer's class, not on what stands in tokenizer.json. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | true",
                "{\"tokenizer_class\": \"BertTokenizerFast\"} | true",
                "{\"tokenizer_class\": \"ElectraTokenizer\"} | true",
                "{\"tokenizer_class\": \"DistilBertTokenizer\"} | false",
                "{\"tokenizer_class\": \"PreTrainedTokenizerFast\"} | false",
                "{\"tokenizer_class\": \"PreTrainedTokenizerFast\", \"model_input_names\": [\"token_type_ids\"]} | true",
                "{\"tokenizer_class\": \"BertTokenizer\", \"model_input_names\": [\"input_ids\"]} | false"
            })
    void typesAreToldWhereTransformersTellsThem(String settings, boolean typed) throws IOException {
        vocabulary();
        Files.writeString(directory.resolve("tokenizer_config.json"), settings);
        try (var scope = Scope.open();
                var tokenizer = TextTokenizer.open(directory, 16)) {
            assertThat(tokenizer
                            .encode(List.of("cat"), List.of("sat"))
                            .inputs(0, 0)
                            .containsKey(Batch.TOKEN_TYPE_IDS))
                    .isEqualTo(typed);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "right, 10, the the the the the the, cat cat, 2 5 5 5 5 5 3 6 6 3",
        "right, 8, the the the the the the, cat cat cat cat, 2 5 5 5 3 6 6 3",
        "right, 7, the the, cat cat cat cat cat, 2 5 5 3 6 6 3",
        "left, 8, cat the the the the the, the cat cat sat, 2 5 5 5 3 6 7 3",
        "left, 9, cat sat the the the the, sat cat, 2 5 5 5 5 3 7 6 3"
    })
    void theLongerTextIsCutFirst(String side, int most, String text, String pair, String expected) throws IOException {
        vocabulary();
        Files.writeString(directory.resolve("tokenizer_config.json"), "{\"truncation_side\": \"" + side + "\"}");
        try (var tokenizer = TextTokenizer.open(directory, most)) {
            TokenRows rows = tokenizer.encode(List.of(text), List.of(pair));
            assertThat(rows.row(0))
                    .containsExactly(List.of(expected.split(" ")).stream()
                            .mapToInt(Integer::parseInt)
                            .toArray());
            assertThat(rows.truncated()).isOne();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "5, 9, 8, 4, 4",
        "9, 5, 8, 4, 4",
        "9, 2, 8, 6, 2",
        "2, 9, 8, 2, 6",
        "9, 9, 7, 3, 4",
        "12, 3, 2, 1, 1",
        "4, 4, 8, 4, 4",
        "9, 0, 5, 5, 0",
        "3, 3, 0, 0, 0"
    })
    void roomIsSharedAsTheTokenizersLibraryDoes(int first, int second, int room, int ofFirst, int ofSecond) {
        assertThat(LongestFirst.of(first, second, room)).isEqualTo(new LongestFirst(ofFirst, ofSecond));
    }

    @Test
    void aTrainingRowIsShownWhole() {
        LabelledTexts rows =
                LabelledTexts.of(List.of("a", "b"), List.of("x", "y")).with(List.of("c", "d"));
        assertThat(rows.shown()).containsExactly("a | c", "b | d");
    }

    private void vocabulary() throws IOException {
        Files.write(
                directory.resolve("vocab.txt"),
                List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "sat", "##s", "##at", ","));
    }
}
