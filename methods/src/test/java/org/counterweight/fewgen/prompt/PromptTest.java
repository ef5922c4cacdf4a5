package org.counterweight.fewgen.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.data.text.TextClassification;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.data.text.TokenRows;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.zoo.Architectures;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Templates in LM-BFF's words, and a masked language model that is asked by them. */
class PromptTest {
    private static final String PAIR = "*cls**sent-_0*?*mask*,*+sentl_1**sep+*";
    private static final Map<String, String> WORDS = Map.of("bad", "no", "good", "yes");
    private static final List<String> LABELS = List.of("good", "bad");

    @TempDir
    private Path directory;

    /** [CLS] is 2, [SEP] 3, [MASK] 4, and the words follow. */
    @BeforeEach
    void vocabulary() throws IOException {
        Files.writeString(
                directory.resolve("vocab.txt"),
                String.join(
                                "\n",
                                "[PAD] [UNK] [CLS] [SEP] [MASK] it was . , ? no yes Cat cat sat ##s tree !".split(" "))
                        + "\n");
        Files.writeString(directory.resolve("tokenizer_config.json"), "{\"do_lower_case\": false}");
    }

    private static PromptConfig config(String template) {
        return new PromptConfig(template, WORDS, false);
    }

    private TokenRows rows(String template, int maxLength, List<String> texts, List<String> seconds) {
        try (var tokenizer = TextTokenizer.open(directory, maxLength)) {
            return PromptReading.of(tokenizer, config(template), LABELS).encode(texts, seconds);
        }
    }

    @Test
    void aTextStandsWhereItsTemplateSays() {
        TokenRows rows = rows("*cls**sent_0*_it_was*mask*.*sep+*", 16, List.of("cat sat", ""), List.of());
        assertThat(rows.row(0)).containsExactly(2, 13, 14, 5, 6, 4, 7, 3);
        assertThat(rows.row(1)).containsExactly(2, 5, 6, 4, 7, 3);
        assertThat(rows.truncated()).isZero();
    }

    /** Without the first one's last character, and with the second one's first letter in lower case. */
    @Test
    void sentencesOfAPairAreChangedAsTheirNamesSay() {
        TokenRows rows = rows(PAIR, 16, List.of("tree!"), List.of("Cat sat"));
        assertThat(rows.row(0)).containsExactly(2, 16, 9, 4, 8, 13, 14, 3);
        TokenRows plain = rows("*cls**sent_0**mask*,*+sent_1**sep+*", 16, List.of("tree!"), List.of("Cat sat"));
        assertThat(plain.row(0)).containsExactly(2, 16, 17, 4, 8, 12, 14, 3);
    }

    /** What follows sep+ is of the next segment. */
    @Test
    void segmentsAreCounted() {
        try (var scope = Scope.open()) {
            TokenRows rows = rows("*cls**sent_0*?*sep+**mask*,*sent_1**sep*", 16, List.of("cat"), List.of("tree"));
            assertThat(Tensors.toLongs(Objects.requireNonNull(rows.inputs(0, 0).get(Batch.TOKEN_TYPE_IDS))))
                    .containsExactly(0, 0, 0, 0, 1, 1, 1, 1);
        }
    }

    /** The longer sentence loses its end first; the template stays whole. */
    @Test
    void longTextsAreCutAndTheMaskStays() {
        TokenRows rows = rows(PAIR, 9, List.of("cat sat cat sat cat!"), List.of("tree sat"));
        assertThat(rows.row(0)).containsExactly(2, 13, 14, 9, 4, 8, 16, 14, 3);
        assertThat(rows.truncated()).isEqualTo(1);
    }

    @Test
    void aMaskOfTheTextsOwnIsNone() {
        assertThat(rows("*cls**sent_0*_it_was*mask*.*sep+*", 16, List.of("cat [MASK] sat"), List.of())
                        .row(0))
                .containsExactly(2, 13, 14, 5, 6, 4, 7, 3);
    }

    /** The logits of the words at the mask, in the order of the labels. */
    @Test
    void theModelTellsWhatStandsAtTheMask() {
        Model words = Architectures.of(Configs.yaml(
                "{model_type: bert, architectures: [BertForMaskedLM], vocab_size: 18, hidden_size: 8,"
                        + " num_hidden_layers: 1, num_attention_heads: 2, intermediate_size: 12, max_position_embeddings:"
                        + " 32}",
                "config"));
        try (var scope = Scope.open();
                var tokenizer = TextTokenizer.open(directory, 16)) {
            Params params = Params.of(words.initialize(new Seed(1).generator()));
            PromptReading reading = PromptReading.of(tokenizer, config("*cls**sent_0*_it_was*mask*.*sep+*"), LABELS);
            var texts = new LabelledTexts(List.of("cat sat", "tree"), new int[] {0, 1}, LABELS);
            TextClassification read = reading.read(texts);
            Batch batch = read.batch(0, 1);
            Model asked = reading.asked(words);
            Tensor found = asked.forward(params, batch, Pass.evaluation()).logits();
            Tensor all = words.forward(params, batch, Pass.evaluation()).logits();
            for (int row = 0; row < 2; row++) {
                Tensor at = all.select(0, row).select(0, row == 0 ? 5 : 4);
                assertThat(found.select(0, row).select(0, 0).item_double())
                        .isCloseTo(at.select(0, 11).item_double(), within(1e-6)); // of products of other shapes
                assertThat(found.select(0, row).select(0, 1).item_double())
                        .isCloseTo(at.select(0, 10).item_double(), within(1e-6));
            }
            Tensor features = asked.forward(params, batch, Pass.evaluation()).features();
            assertTensor(asked.head(params, features, Pass.evaluation()).logits())
                    .isEqualTo(found);
            assertThat(asked.shapes().keySet()).isEqualTo(words.shapes().keySet());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*cls**sent_0*_it_was.*sep+*  | expected *mask* once; it is missing",
                "*cls**snet_0**mask**sep+*    | template: *snet_0* is unknown; did you mean \"sent_0\"?",
                "*cls*sent_0**mask**sep+*     | an even number of stars",
                "*cls**sent_0**label_0**mask* | demonstrations with their labels are not read here",
                "*mask**mask**sent_0*         | *mask* once, not 2 times",
                "*cls**mask**sep+*            | *sent_0* once; it is missing"
            })
    void aWrongTemplateIsNamed(String template, String message) {
        assertThatThrownBy(() -> config(template))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cats  | mapping: \"cats\", the word of the label \"good\", is 2 tokens of this vocabulary: \"cat\","
                        + " \"##s\"",
                "stone | mapping: \"stone\", the word of the label \"good\", is an unknown word to this vocabulary",
                "no    | mapping: the labels \"good\" and \"bad\" have one word, \"no\""
            })
    void aWordIsOneToken(String word, String message) {
        try (var tokenizer = TextTokenizer.open(directory, 16)) {
            assertThatThrownBy(() -> {
                        var mapping = new LinkedHashMap<String, String>();
                        mapping.put("good", word);
                        mapping.put("bad", "no");
                        PromptReading.of(
                                tokenizer, new PromptConfig("*cls**sent_0**mask**sep*", mapping, false), LABELS);
                    })
                    .isInstanceOf(ConfigException.class)
                    .hasMessageStartingWith(message);
        }
    }

    @Test
    void labelsAndWordsFit() {
        assertThatThrownBy(() -> config(PAIR).check(List.of("good", "bad", "odd")))
                .hasMessageContaining("mapping: the label \"odd\" has no word");
        assertThatThrownBy(() -> config(PAIR).check(List.of("good")))
                .hasMessageContaining("mapping: \"bad\" is no label");
        assertThatThrownBy(() -> rows(PAIR, 5, List.of("cat"), List.of("cat")))
                .hasMessageContaining(
                        "template: it has 5 tokens of its own, and a row 5 at most; give a longer max_length");
    }

    /** A mapping may stand as in LM-BFF's scripts, and what stands beside a model is read again. */
    @Test
    void mappingsAreReadAsTheyAreWritten() throws IOException {
        var given =
                Configs.yaml("{template: '*cls**sent_0**mask**sep*', mapping: \"{'0':'terrible','1':'great'}\"}", "t");
        PromptConfig read = Configs.bind(PromptConfig.read(given), PromptConfig.class, "");
        assertThat(read.mapping()).containsExactly(Map.entry("0", "terrible"), Map.entry("1", "great"));
        var config = Configs.yaml("{model_type: bert, architectures: [BertForMaskedLM]}", "config");
        assertThat(PromptConfig.beside(directory, config)).isNull();
        Files.writeString(directory.resolve(PromptConfig.FILE), read.json().toString());
        assertThat(PromptConfig.beside(directory, config)).isEqualTo(read);
        var headed = Configs.yaml("{model_type: bert, architectures: [BertForSequenceClassification]}", "config");
        assertThat(PromptConfig.beside(directory, headed)).isNull();
    }
}
