package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.weights.SafetensorsFile;
import org.counterweight.weights.WeightsWriter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each family as a user has it: a bare model learns classes with an adapter, is asked, and is merged. */
class FamilyRunsTest {
    /** Sizes under the names that all of these families read. */
    private static final String CONFIG = """
            {"model_type": "%s", "architectures": ["%s"], "vocab_size": 12, "hidden_size": 16, "dim": 16,
             "num_hidden_layers": 2, "n_layers": 2, "num_attention_heads": 4, "n_heads": 4, "num_key_value_heads": 4,
             "head_dim": 4, "intermediate_size": 24, "hidden_dim": 24, "ffn_dim": 24, "max_position_embeddings": 40,
             "pad_token_id": 0, "num_local_experts": 3, "num_experts": 3, "num_experts_per_tok": 2,
             "moe_intermediate_size": 12, "sliding_window": 3, "partial_rotary_factor": 0.5,
             "relative_attention": true, "pos_att_type": ["c2p", "p2c"], "position_buckets": 4}
            """;

    @TempDir
    private Path root;

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "bert, BertModel, classifier",
        "gpt2, GPT2Model, score",
        "llama, LlamaModel, score",
        "roberta, RobertaModel, classifier.out_proj",
        "xlm-roberta, XLMRobertaModel, classifier.out_proj",
        "camembert, CamembertModel, classifier.out_proj",
        "distilbert, DistilBertModel, classifier",
        "electra, ElectraModel, classifier.out_proj",
        "albert, AlbertModel, classifier",
        "mpnet, MPNetModel, classifier.out_proj",
        "deberta-v2, DebertaV2Model, classifier",
        "modernbert, ModernBertModel, classifier",
        "mistral, MistralModel, score",
        "qwen2, Qwen2Model, score",
        "phi3, Phi3Model, score",
        "qwen3, Qwen3Model, score",
        "qwen3_moe, Qwen3MoeModel, score",
        "phi, PhiModel, score",
        "olmo2, Olmo2Model, score",
        "smollm3, SmolLM3Model, score",
        "gemma, GemmaModel, score",
        "gemma2, Gemma2Model, score",
        "gemma3_text, Gemma3TextModel, score",
        "gpt_neox, GPTNeoXModel, score",
        "opt, OPTModel, score",
        "mixtral, MixtralModel, score"
    })
    void theAdapterOnTheBaseSaysWhatTheMergedModelSays(String type, String architecture, String scores)
            throws IOException {
        model(type, architecture);
        succeeds("run", recipe(scores.contains(".") || type.equals("distilbert")));
        try (var scope = Scope.open()) {
            Tensor beside = logits("model", "out/adapter");
            assertThat(Tensors.toDoubles(beside)).doesNotContain(Double.NaN);
            assertThat(beside.select(0, 0).allclose(beside.select(0, 1), 0, 1e-7, false))
                    .as("two texts are told apart")
                    .isFalse();
            assertThat(beside.allclose(logits("out/merged", null), 1e-4, 1e-5, false))
                    .isTrue();
            succeeds("merge-adapter", path("model"), path("out/adapter"), path("again"));
            assertThat(beside.allclose(logits("again", null), 1e-4, 1e-5, false))
                    .isTrue();
        }
        try (SafetensorsFile saved = SafetensorsFile.open(root.resolve("out/adapter/adapter_model.safetensors"))) {
            assertThat(saved.tensors().keySet()).anyMatch(name -> name.endsWith("." + scores + ".weight"));
        }
    }

    /** A family that tells no classes learns words; Granite's multipliers take part in each step. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({"granite, GraniteForCausalLM"})
    void aDecoderLearnsWords(String type, String architecture) throws IOException {
        model(type, architecture);
        Path config = root.resolve("model/config.json");
        Files.writeString(
                config,
                Files.readString(config)
                        .replaceFirst(
                                "\\{",
                                "{\"embedding_multiplier\": 6, \"attention_multiplier\": 0.2, \"residual_multiplier\":"
                                        + " 0.3, \"logits_scaling\": 4,"));
        Files.writeString(root.resolve("texts.txt"), "the cat sat, a tree grew\n\n".repeat(60));
        Path recipe = root.resolve("words.yaml");
        Files.writeString(recipe, """
                task: causal_lm
                model: {name: "%1$s/model"}
                data: {train: "%1$s/texts.txt", max_length: 8}
                adapter: {method: lora, r: 2, targets: [all-linear]}
                train: {max_steps: 1, batch_size: 4, lr: 1e-1, precision: float32, keep_best: false}
                output: {directory: "%1$s/out", baseline: false}
                """.formatted(root.toString().replace('\\', '/')));
        succeeds("run", recipe.toString());
        double untrained = perplexity("model", null);
        double beside = perplexity("model", "out/adapter");
        assertThat(beside).isLessThan(untrained - 1e-3).isCloseTo(perplexity("out/merged", null), within(1e-3));
        succeeds("merge-adapter", path("model"), path("out/adapter"), path("again"));
        assertThat(perplexity("again", null)).isCloseTo(beside, within(1e-3));
    }

    private double perplexity(String model, @Nullable String adapter) {
        var words = new ArrayList<>(List.of("predict", path(model), "--perplexity", "--text", "the cat sat , a tree"));
        if (adapter != null) {
            words.addAll(List.of("--adapter", path(adapter)));
        }
        Ran ran = Ran.cw(words.toArray(new String[0]));
        assertThat(ran.status()).as(ran.err()).isZero();
        return Configs.json(ran.out().strip(), "answer").path("perplexity").asDouble();
    }

    private void model(String type, String architecture) throws IOException {
        Path model = Files.createDirectories(root.resolve("model"));
        String config = CONFIG.formatted(type, architecture);
        Files.writeString(model.resolve("config.json"), config);
        Files.writeString(
                model.resolve("vocab.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\na\ncat\ntree\nsat\ngrew\n,\n");
        try (var scope = Scope.open()) {
            WeightsWriter.write(
                    model.resolve("model.safetensors"),
                    Architectures.of(Configs.json(config, "config")).initialize(new Seed(1).generator()),
                    Map.of());
        }
        Files.writeString(
                root.resolve("texts.csv"), "text,label\n" + "the cat sat,animal\na tree grew,plant\n".repeat(20));
    }

    /** @param baseline held against a head of its own: where a head has several modules all of them learn */
    private String recipe(boolean baseline) throws IOException {
        String recipe = """
                model: {name: "%1$s/model"}
                data: {train: "%1$s/texts.csv", max_length: 16}
                adapter: {method: lora, r: 2, targets: [all-linear]}
                train: {max_steps: 4, batch_size: 8, lr: 1e-2, precision: float32, keep_best: false}
                output: {directory: "%1$s/out", baseline: %2$s}
                """;
        Path file = root.resolve("recipe.yaml");
        Files.writeString(file, recipe.formatted(root.toString().replace('\\', '/'), baseline));
        return file.toString();
    }

    private Tensor logits(String model, @Nullable String adapter) {
        Path file = root.resolve("logits.safetensors");
        var words = new ArrayList<>(List.of("predict", path(model), "--text", "the cat sat", "--text", "a tree"));
        words.addAll(List.of("--max-length", "16", "--output", file.toString()));
        if (adapter != null) {
            words.addAll(List.of("--adapter", path(adapter)));
        }
        succeeds(words.toArray(new String[0]));
        try (SafetensorsFile written = SafetensorsFile.open(file)) {
            return written.tensor("logits").clone();
        }
    }

    private static void succeeds(String... words) {
        Ran ran = Ran.cw(words);
        assertThat(ran.status()).as(ran.err()).isZero();
    }

    private String path(String name) {
        return root.resolve(name).toString();
    }
}
