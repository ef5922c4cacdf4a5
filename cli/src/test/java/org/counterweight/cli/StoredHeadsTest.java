package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.model.part.head.AnswerHead;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.model.zoo.StoredHead;
import org.counterweight.model.zoo.answer.T5;
import org.counterweight.weights.SafetensorsFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** Files that hold a head though their config ties it to the table of words, or the head in place of the table. */
class StoredHeadsTest {
    private static final String HEAD = "lm_head.weight";
    private static final String TIED = "tie_word_embeddings";

    /** MKL's sums go by how a matrix lies in memory, and so differ between files: by a last digit of float32. */
    private static final Offset<Double> ROUNDED = within(1e-6);

    @TempDir
    private Path root;

    private TheirModels models;

    @BeforeEach
    void makeTexts() {
        models = new TheirModels(Sandbox.in(root));
    }

    private Ran perplexity(String model, String... more) {
        var words = new ArrayList<>(
                List.of("predict", root.resolve(model).toString(), "--text", "the cat sat", "--perplexity"));
        words.addAll(List.of(more));
        Ran ran = Ran.cw(words.toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran;
    }

    private static double loss(Ran ran) {
        return Configs.json(ran.out(), "line").path("loss").asDouble();
    }

    private static ObjectNode tied(String architecture) {
        return TheirModels.config(architecture).put(TIED, true);
    }

    @ParameterizedTest
    @CsvSource({"GPT2LMHeadModel", "LlamaForCausalLM"})
    void aHeadThatIsNotTheTableIsTakenAndSaid(String architecture) {
        ObjectNode tied = tied(architecture);
        var shapes = new LinkedHashMap<>(TheirModels.shapes(tied));
        shapes.put(HEAD, new long[] {12, 8});
        models.model("tied", tied, shapes, false).model("own", tied.deepCopy().put(TIED, false), shapes, false);
        Ran taken = perplexity("tied");
        Ran plain = perplexity("own");
        assertThat(loss(taken)).isEqualTo(loss(plain), ROUNDED);
        assertThat(plain.err()).isEmpty();
        assertThat(taken.err())
                .contains("tied: config.json ties the head to the table of words (tie_word_embeddings), and the files"
                        + " hold another head, which is taken");
    }

    @ParameterizedTest
    @CsvSource({
        "GPT2LMHeadModel, transformer.wte.weight, true", "GPT2LMHeadModel, transformer.wte.weight, false",
        "LlamaForCausalLM, model.embed_tokens.weight, true", "LlamaForCausalLM, model.embed_tokens.weight, false"
    })
    void aHeadThatIsTheTableMayStandBesideItOrInItsPlace(String architecture, String table, boolean isBeside) {
        ObjectNode tied = tied(architecture);
        models.model("usual", tied).model("other", tied);
        try (var scope = Scope.open()) {
            var weights = new LinkedHashMap<>(all("usual"));
            weights.put(HEAD, Objects.requireNonNull(weights.get(table)).clone());
            if (!isBeside) {
                weights.remove(table);
            }
            models.sandbox().weights("other/model.safetensors", weights);
        }
        Ran other = perplexity("other");
        assertThat(loss(other)).isEqualTo(loss(perplexity("usual")), ROUNDED);
        assertThat(other.err()).isEmpty();
    }

    private Map<String, Tensor> all(String model) {
        try (SafetensorsFile file = SafetensorsFile.open(root.resolve(model + "/model.safetensors"))) {
            var all = new LinkedHashMap<String, Tensor>();
            file.all().forEach((name, tensor) -> all.put(name, tensor.clone()));
            return all;
        }
    }

    /** T5's first version scales the states of a tied head, and goes on to do so where the head is its own. */
    @Test
    void aT5WhoseHeadIsPartedScalesItsStates() {
        ObjectNode config = Configs.json("""
                {"model_type": "t5", "architectures": ["T5ForConditionalGeneration"], "d_model": 16}
                """, "config");
        ObjectNode parted = StoredHead.parted(config);
        assertThat(parted.path(TIED).asBoolean(true)).isFalse();
        assertThat(head(parted).tied()).isFalse();
        assertThat(head(parted).scale()).isEqualTo(0.25).isEqualTo(head(config).scale());
    }

    private static AnswerHead head(ObjectNode config) {
        return ((T5) Architectures.of(config)).head();
    }

    @Test
    void whatAnAdapterSaysInVainIsTold() {
        models.model("base", TheirModels.config("LlamaForCausalLM"))
                .adapter("a", "model.layers.0.self_attn.q_proj", 8, Map.of());
        models.sandbox()
                .spoil("a/adapter_config.json", "SEQ_CLS", "CAUSAL_LM")
                .spoil("a/adapter_config.json", "\"r\": 2", "\"r\": 2, \"of_a_later_peft\": 7");
        Ran ran = perplexity("base", "--adapter", root.resolve("a").toString());
        assertThat(ran.err()).contains("of_a_later_peft is unknown and has no effect");
    }
}
