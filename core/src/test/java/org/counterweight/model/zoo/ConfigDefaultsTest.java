package org.counterweight.model.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.model.Model;
import org.counterweight.model.config.Classes;
import org.counterweight.model.part.Activation;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.Pooling;
import org.counterweight.model.part.Rope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** What a {@code config.json} leaves out is what transformers 5.18 takes for it. */
class ConfigDefaultsTest {
    private static ObjectNode json(String text) {
        return Configs.json(text, "config");
    }

    private static Model model(String text) {
        return Architectures.of(json(text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bert  | BertForSequenceClassification",
                "llama | LlamaForSequenceClassification",
                "gpt2  | GPT2ForSequenceClassification"
            })
    void classifiersHaveTwoClasses(String type, String architecture) {
        Model model = model("{\"model_type\": \"" + type + "\", \"architectures\": [\"" + architecture + "\"]}");
        String head = model.modules().heads().get(0) + ".weight";
        assertThat(Objects.requireNonNull(model.shapes().get(head))[0]).isEqualTo(2);
    }

    @Test
    void berts() {
        assertThat(model("{\"model_type\": \"bert\"}"))
                .isEqualTo(new Bert(
                        30522,
                        768,
                        12,
                        12,
                        3072,
                        512,
                        2,
                        Activation.GELU,
                        1e-12,
                        0.1,
                        0.1,
                        0.1,
                        0.02,
                        0,
                        Head.NONE,
                        Pooling.POOLER,
                        0));
    }

    @Test
    void llamas() {
        assertThat(model("{\"model_type\": \"llama\"}"))
                .isEqualTo(new Llama(
                        32000,
                        4096,
                        32,
                        32,
                        32,
                        128,
                        11008,
                        Activation.SILU,
                        1e-6,
                        new Rope(10000, new Rope.Linear(1)),
                        false,
                        false,
                        0,
                        0.02,
                        -1,
                        false,
                        Head.LANGUAGE,
                        0));
    }

    @Test
    void gpt2s() {
        assertThat(model("{\"model_type\": \"gpt2\"}"))
                .isEqualTo(new Gpt2(
                        50257,
                        768,
                        12,
                        12,
                        3072,
                        1024,
                        Activation.GELU_TANH,
                        1e-5,
                        0.1,
                        0.1,
                        0.1,
                        true,
                        false,
                        0.02,
                        -1,
                        true,
                        Head.LANGUAGE,
                        0));
    }

    @Test
    void nullIsWhatIsMissingButForTheTokenOfPadding() {
        assertThat(((Bert) model("{\"model_type\": \"bert\", \"classifier_dropout\": null}")).classifierDropout())
                .isEqualTo(0.1);
        assertThat(((Bert) model("{\"model_type\": \"bert\", \"pad_token_id\": null}")).padding())
                .isEqualTo(-1);
    }

    @Test
    void gpt2sSizesMayHaveTheUsualNames() {
        String text = "{\"model_type\": \"gpt2\", \"hidden_size\": 8, \"num_hidden_layers\": 1,"
                + " \"num_attention_heads\": 2, \"max_position_embeddings\": 16}";
        Gpt2 model = (Gpt2) model(text);
        assertThat(List.of(model.width(), model.layers(), model.heads(), model.positions()))
                .containsExactly(8, 1, 2, 16);
        assertThat(Architectures.positions(json(text))).isEqualTo(16);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"rope_theta\": 5e5                                                          | 500000 | 1",
                "\"rope_parameters\": {\"rope_theta\": 5e5, \"rope_type\": \"default\"} | 500000 | 1",
                "\"rope_scaling\": {\"type\": \"linear\", \"factor\": 4}                | 10000  | 4",
                "\"rope_parameters\": {}, \"rope_scaling\": {\"rope_type\": \"linear\", \"factor\": 4} | 10000  | 4",
                "\"rope_parameters\": null, \"rope_scaling\": null                          | 10000  | 1"
            })
    void rotaryPositionsStandInOldAndNewPlaces(String keys, double theta, double factor) {
        Llama model = (Llama) model("{\"model_type\": \"llama\", " + keys + "}");
        assertThat(model.rope()).isEqualTo(new Rope(theta, new Rope.Linear(factor)));
    }

    @Test
    void theFirstTrainingsLengthIsTheModelsWhereNothingElseIsSaid() {
        String scaling = "\"rope_scaling\": {\"rope_type\": \"llama3\", \"factor\": 8, \"low_freq_factor\": 1,"
                + " \"high_freq_factor\": 4}";
        Llama model = (Llama) model("{\"model_type\": \"llama\", \"max_position_embeddings\": 64, " + scaling + "}");
        assertThat(model.rope().scaling()).isEqualTo(new Rope.Llama3(8, 1, 4, 64));
        assertThatThrownBy(() -> model("{\"model_type\": \"llama\", \"rope_scaling\": {\"rope_type\": \"linear\"}}"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("factor is missing from the model's config.json; give a number");
    }

    @ParameterizedTest
    @CsvSource({
        "bert, is_decoder, true",
        "bert, tie_word_embeddings, false",
        "gpt2, add_cross_attention, true",
    })
    void whatChangesTheAnswersAndIsNotSupportedIsRefused(String type, String key, boolean value) {
        ObjectNode config = json("{\"model_type\": \"" + type + "\"}").put(key, value);
        config.putArray("architectures").add(type.equals("bert") ? "BertForMaskedLM" : "GPT2LMHeadModel");
        assertThatThrownBy(() -> Architectures.of(config))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(key + ": " + value + " is not allowed; expected ");
    }

    @Test
    void classesAreNamedCountedOrNotStated() {
        assertThat(Classes.stated(json("{}"))).isEmpty();
        assertThat(Classes.stated(json("{\"id2label\": null}"))).isEmpty();
        assertThat(Classes.stated(json("{\"num_labels\": 3}"))).isEqualTo(Optional.of(Classes.unnamed(3)));
        assertThat(Classes.stated(json("{\"num_labels\": 2, \"id2label\": {\"0\": \"a\", \"1\": \"b\"}}")))
                .isEqualTo(Optional.of(List.of("a", "b")));
        assertThatThrownBy(() -> Classes.stated(json("{\"num_labels\": 3, \"id2label\": {\"0\": \"a\"}}")))
                .hasMessage("num_labels is 3, but id2label names 1 class; take out the one that is wrong");
    }
}
