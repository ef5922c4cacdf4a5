package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Six steps of a run with each kind of adapter, and what it left put to use: on the base, merged by the run, merged after. */
class AdapterRunsTest {
    private static final String CONFIG = """
            {"model_type": "bert", "architectures": ["BertModel"], "vocab_size": 12, "hidden_size": 16,
             "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 24,
             "max_position_embeddings": 32, "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
            """;

    @TempDir
    private Path root;

    @BeforeEach
    void makeModelAndTexts() throws IOException {
        Path model = Files.createDirectories(root.resolve("model"));
        Files.writeString(model.resolve("config.json"), CONFIG);
        Files.writeString(
                model.resolve("vocab.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\na\ncat\ntree\nsat\ngrew\n,\n");
        try (var scope = Scope.open()) {
            WeightsWriter.write(
                    model.resolve("model.safetensors"),
                    Architectures.of(Configs.json(CONFIG, "config")).initialize(new Seed(1).generator()),
                    Map.of());
        }
        var texts = new StringBuilder("text,label\n");
        for (int i = 0; i < 20; i++) {
            texts.append("the cat sat,animal\n").append("a tree grew,plant\n");
        }
        Files.writeString(root.resolve("texts.csv"), texts);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "adalora, init_r: 3, target_r: 1, tinit: 1, tfinal: 1, targets: [query, value]",
                "sorsa, r: 2, targets: [query, value]",
                "bora, r: 2, targets: [query, value]",
                "lora, r: 2, targets: [query, value]",
                "bitfit",
                "full"
            })
    void theAdapterOnTheBaseSaysWhatTheMergedModelSays(String adapter) throws IOException {
        succeeds("run", recipe(adapter));
        Tensor beside;
        try (var scope = Scope.open()) {
            beside = logits(root.resolve("model"), root.resolve("out/adapter"));
            Tensor merged = logits(root.resolve("out/merged"), null);
            assertThat(Tensors.toDoubles(beside)).isNotEqualTo(Tensors.toDoubles(Tensors.zeros(2, 2)));
            assertThat(agree(beside, merged)).isTrue();
            succeeds("merge-adapter", path("model"), path("out/adapter"), path("again"));
            assertThat(agree(beside, logits(root.resolve("again"), null))).isTrue();
        }
        assertThat(succeeds("verify", path("again")).out()).contains("agrees").doesNotContain("CHANGED", "not found");
        Files.writeString(root.resolve("texts.csv"), "text,label\nthe cat,animal\n");
        Ran changed = Ran.cw("verify", path("out/adapter"));
        assertThat(changed.status()).isEqualTo(1);
        assertThat(changed.out()).contains("CHANGED    " + path("texts.csv"), "agrees     " + path("model"));
        Files.delete(root.resolve("texts.csv"));
        Files.delete(root.resolve("model/model.safetensors"));
        Ran gone = Ran.cw("verify", path("out/adapter"));
        assertThat(gone.status()).isEqualTo(1);
        assertThat(gone.out()).contains("not found  " + path("texts.csv"), "CHANGED    " + path("model"));
        assertThat(gone.err()).contains("looked for by the name that it had");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"compacter, phm_dim: 2, reduction_factor: 4", "bottleneck, reduction_factor: 4"})
    void aTapIsUsedBesideItsModelAndNotMerged(String adapter) throws IOException {
        Ran ran = succeeds("run", recipe(adapter));
        assertThat(ran.err()).contains("no merged/ will be written", "nonlinearity");
        assertThat(root.resolve("out/merged")).doesNotExist();
        try (var scope = Scope.open()) {
            assertThat(logits(root.resolve("model"), root.resolve("out/adapter"))
                            .size(0))
                    .isEqualTo(2);
        }
        Ran merge = Ran.cw("merge-adapter", path("model"), path("out/adapter"), path("again"));
        assertThat(merge.status()).isEqualTo(2);
        assertThat(merge.err()).contains("cannot be merged", "nonlinearity");
        assertThat(root.resolve("again")).doesNotExist();
    }

    @Test
    void adaLorasAllocatorActs() throws IOException {
        succeeds("run", recipe("adalora, init_r: 3, target_r: 1, tinit: 1, tfinal: 1, targets: [query, value]"));
        try (var scope = Scope.open();
                SafetensorsFile file = SafetensorsFile.open(root.resolve("out/adapter/adapter_model.safetensors"))) {
            long kept = 0;
            for (String name : file.tensors().keySet()) {
                if (name.endsWith("lora_E") || name.endsWith("lora_E.weight")) {
                    kept += file.tensor(name).count_nonzero().item_long();
                }
            }
            assertThat(kept).isEqualTo(4); // target_r times the four modules
        }
    }

    @Test
    void whatIsThereIsNotReplacedUnasked() throws IOException {
        succeeds("run", recipe("bitfit"));
        Ran ran = Ran.cw("merge-adapter", path("model"), path("out/adapter"), path("out/merged"));
        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.err()).contains("--overwrite");
        succeeds("merge-adapter", path("model"), path("out/adapter"), path("out/merged"), "--overwrite");
    }

    @Test
    void weightsWithoutALedgerCannotBeVerified() {
        Ran ran = Ran.cw("verify", path("model"));
        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.err()).contains("carries no ledger");
    }

    private String recipe(String adapter) throws IOException {
        String recipe = """
                model: {name: "%1$s/model"}
                data: {train: "%1$s/texts.csv", max_length: 16}
                adapter: {method: %2$s}
                train: {max_steps: 6, batch_size: 8, lr: 1e-2, precision: float32, keep_best: false}
                output: {directory: "%1$s/out", baseline: false}
                """;
        Path file = root.resolve("recipe.yaml");
        Files.writeString(file, recipe.formatted(root.toString().replace('\\', '/'), adapter));
        return file.toString();
    }

    private Tensor logits(Path model, @Nullable Path adapter) {
        Path file = root.resolve("logits.safetensors");
        String[] words = {
            "predict",
            model.toString(),
            "--text",
            "the cat sat",
            "--text",
            "a tree",
            "--max-length",
            "16",
            "--output",
            file.toString(),
            "--adapter",
            String.valueOf(adapter)
        };
        succeeds(adapter == null ? Arrays.copyOf(words, words.length - 2) : words);
        try (SafetensorsFile written = SafetensorsFile.open(file)) {
            return written.tensor("logits").clone();
        }
    }

    private static boolean agree(Tensor a, Tensor b) {
        return a.allclose(b, 1e-4, 1e-5, false);
    }

    private static Ran succeeds(String... words) {
        Ran ran = Ran.cw(words);
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran;
    }

    private String path(String name) {
        return root.resolve(name).toString();
    }
}
