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
import org.counterweight.model.part.Norm;
import org.counterweight.model.part.Pooling;
import org.counterweight.model.part.attention.Projection;
import org.counterweight.model.part.attention.Rope;
import org.counterweight.model.part.attention.RopeScaling;
import org.counterweight.model.part.attention.ScaledDotProduct;
import org.counterweight.model.part.attention.SelfAttention;
import org.counterweight.model.part.head.DecoderHead;
import org.counterweight.model.part.layer.EncoderEmbeddings;
import org.counterweight.model.part.layer.EncoderLayer;
import org.counterweight.model.part.layer.FeedForward;
import org.counterweight.model.part.layer.LearnedPositions;
import org.counterweight.model.part.layer.Residual;
import org.counterweight.model.part.layer.TransformerLayer;
import org.counterweight.model.zoo.decoder.Decoder;
import org.counterweight.model.zoo.decoder.Gpt2;
import org.counterweight.model.zoo.encoder.Encoder;
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
        Encoder model = (Encoder) model("{\"model_type\": \"bert\"}");
        var norm = new Norm(Norm.Kind.LAYER, 1e-12);
        assertThat(model.embeddings())
                .isEqualTo(new EncoderEmbeddings(
                        30522,
                        768,
                        new LearnedPositions(
                                "embeddings.position_embeddings", 512, 0, LearnedPositions.Counted.COLUMNS, 0),
                        2,
                        false,
                        norm,
                        0.1,
                        null));
        assertThat(model.layer())
                .isEqualTo(new EncoderLayer(
                        model.layer().names(), 768, 12, 3072, Activation.GELU, norm, null, false, 0.1, 0.1, 0.1));
        assertThat(model.paths()).hasSize(12).endsWith("encoder.layer.11");
        assertThat(model.head().kind()).isEqualTo(Head.NONE);
        assertThat(model.head().pooling()).isEqualTo(Pooling.POOLER);
        assertThat(model.initializerRange()).isEqualTo(0.02);
    }

    @Test
    void llamas() {
        Decoder model = (Decoder) model("{\"model_type\": \"llama\"}");
        var norm = new Norm(Norm.Kind.RMS, 1e-6);
        assertThat(model.vocabulary()).isEqualTo(32000);
        assertThat(model.layers())
                .hasSize(32)
                .containsOnly(new Decoder.Kind(0, new Rope(10000, new RopeScaling.Linear(1))));
        assertThat(model.layer())
                .isEqualTo(new TransformerLayer(
                        4096,
                        new SelfAttention(
                                32,
                                32,
                                128,
                                new Projection.Separate("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
                                "self_attn.o_proj",
                                false,
                                false,
                                null,
                                new ScaledDotProduct(true, 1 / Math.sqrt(128), 0, 0)),
                        new FeedForward.Gated(
                                "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj", Activation.SILU, 11008, false),
                        norm,
                        new TransformerLayer.Norms("input_layernorm", null, "post_attention_layernorm", null),
                        false,
                        Residual.PLAIN,
                        0));
        assertThat(model.head())
                .isEqualTo(new DecoderHead(
                        Head.LANGUAGE, "lm_head", false, null, 1, 0, 0, -1, new DecoderHead.Tokens("score", 0.1)));
        assertThat(model.padding()).isEqualTo(-1);
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
                        0,
                        0.1));
    }

    @Test
    void nullIsWhatIsMissingButForTheTokenOfPadding() {
        assertThat(((Encoder) model("{\"model_type\": \"bert\", \"classifier_dropout\": null}"))
                        .head()
                        .sentence()
                        .after())
                .isEqualTo(0.1);
        assertThat(((Encoder) model("{\"model_type\": \"bert\", \"pad_token_id\": null}")).padding())
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

    private static Rope rope(String text) {
        return Objects.requireNonNull(((Decoder) model(text)).layers().get(0).rope());
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
        assertThat(rope("{\"model_type\": \"llama\", " + keys + "}"))
                .isEqualTo(new Rope(theta, new RopeScaling.Linear(factor)));
    }

    @Test
    void theFirstTrainingsLengthIsTheModelsWhereNothingElseIsSaid() {
        String scaling = "\"rope_scaling\": {\"rope_type\": \"llama3\", \"factor\": 8, \"low_freq_factor\": 1,"
                + " \"high_freq_factor\": 4}";
        assertThat(rope("{\"model_type\": \"llama\", \"max_position_embeddings\": 64, " + scaling + "}")
                        .scaling())
                .isEqualTo(new RopeScaling.Llama3(8, 1, 4, 64));
        assertThatThrownBy(() -> model("{\"model_type\": \"llama\", \"rope_scaling\": {\"rope_type\": \"linear\"}}"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("factor is missing from the model's config.json; give a number");
    }

    @ParameterizedTest
    @CsvSource({
        "mpnet, is_decoder, true",
        "gpt2, add_cross_attention, true",
    })
    void whatChangesTheAnswersAndIsNotSupportedIsRefused(String type, String key, boolean value) {
        ObjectNode config = json("{\"model_type\": \"" + type + "\"}").put(key, value);
        config.putArray("architectures").add(type.equals("mpnet") ? "MPNetForMaskedLM" : "GPT2LMHeadModel");
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
