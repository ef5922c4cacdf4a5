package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.SafetensorsFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The forms in which an adapter is written say the same of it, and {@code cw inspect} tells what it is. */
class AdapterFormatsTest {
    @TempDir
    private Path root;

    private Sandbox sandbox;

    @BeforeEach
    void makeModelAndTexts() {
        sandbox = Sandbox.in(root);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "adapterhub, 'compacter, phm_dim: 2, reduction_factor: 4, unfreeze_layer_norms: false'",
        "adapterhub, 'compacter, phm_dim: 2, reduction_factor: 2, placement: seq_bn, unfreeze_layer_norms: false'",
        "adapterhub, 'compacter, phm_dim: 2, reduction_factor: 4, learn_phm: false, unfreeze_layer_norms: false'",
        "adapterhub, 'compacter, phm_dim: 2, reduction_factor: 2, shared_phm_rule: false, factorized_phm_w: false,"
                + " unfreeze_layer_norms: false'",
        "adapterhub, 'compacter, phm_dim: 2, reduction_factor: 4, shared_phm_w: true, factorized_phm_rule: true,"
                + " ln_before: true, ln_after: true, unfreeze_layer_norms: false'",
        "adapterhub, 'bottleneck, reduction_factor: 4, placement: attention, unfreeze_layer_norms: false'",
        "bone, 'bone, r: 3, targets: [query, value]'",
        "bone, 'bone, r: 2, variant: bat, targets: [dense]'",
        "peft, 'bone, r: 3, random_start: true, targets: [query]'",
        "peft, 'sorsa, r: 2, alpha: 1, targets: [query]'",
        "sorsa, 'sorsa, r: 2, alpha: 1, targets: [query]'",
        "sorsa, 'sorsa, r: 8, targets: [query, dense]'"
    })
    void everyFormDoesTheSame(String form, String adapter) throws IOException {
        try (var scope = Scope.open()) {
            run("own", "own", adapter);
            run("other", form, adapter);
            assertTensor(logits("other")).isCloseTo(logits("own"), 0, 1e-6);
        }
        String kind = Ran.cw("inspect", path("other/adapter")).out();
        assertThat(kind).contains("kind", "parameters", "base        " + path("model"));
        assertThat(Ran.cw("inspect", path("own/adapter")).out())
                .contains("kind        " + adapter.replaceFirst(",.*", "") + ", in our own form");
    }

    @Test
    void adapterHubsNamesAreTheLibrarys() throws IOException {
        run("out", "adapterhub", "compacter, phm_dim: 2, reduction_factor: 4, unfreeze_layer_norms: false");
        try (SafetensorsFile file = SafetensorsFile.open(root.resolve("out/adapter/adapter.safetensors"))) {
            String layer = "bert.encoder.layer.0.";
            String down = ".adapters.compacter.adapter_down.0.";
            assertThat(file.tensors().keySet())
                    .contains(
                            layer + "attention.output" + down + "W_left",
                            layer + "output" + down + "b",
                            layer + "output.adapters.compacter.adapter_up.W_right",
                            "bert.shared_parameters.compacter.phm_rule")
                    .hasSize(13);
        }
        JsonNode config = Configs.read(root.resolve("out/adapter/adapter_config.json"));
        assertThat(config.at("/config/phm_layer").asBoolean()).isTrue();
        assertThat(config.at("/config/original_ln_after").asBoolean()).isTrue();
        assertThat(config.path("hidden_size").asInt()).isEqualTo(8);
        assertThat(Ran.cw("inspect", path("out/adapter")).out())
                .contains("kind        Compacter, as AdapterHub writes it", "2: attention.output 1, output 1");
    }

    @Test
    void legacyBoneHasItsOldNames() throws IOException {
        run("out", "bone", "bone, r: 3, targets: [query]");
        JsonNode config = Configs.read(root.resolve("out/adapter/adapter_config.json"));
        assertThat(config.path("peft_type").asString()).isEqualTo("BONE");
        assertThat(config.has("mini_r")).isFalse();
        try (SafetensorsFile file = SafetensorsFile.open(root.resolve("out/adapter/adapter_model.safetensors"))) {
            assertThat(file.tensors())
                    .containsKey("base_model.model.bert.encoder.layer.0.attention.self.query.bone_block");
        }
        assertThat(Ran.cw("inspect", path("out/adapter")).out())
                .contains("kind        PEFT BONE", "rank        3", "targets     query", "task        SEQ_CLS");
    }

    @Test
    void sorsasPackageHasTheRestAndTheTriplets() throws IOException {
        run("out", "sorsa", "sorsa, r: 2, targets: [query]");
        assertThat(Configs.read(root.resolve("out/adapter/config.json"))
                        .path("rank")
                        .asInt())
                .isEqualTo(2);
        assertThat(Ran.cw("inspect", path("out/adapter")).out())
                .contains("kind        SORSA, as its package writes it", "rank        2", "targets     query");
        String module = "bert.encoder.layer.0.attention.self.query.";
        try (var scope = Scope.open();
                SafetensorsFile file = SafetensorsFile.open(root.resolve("out/adapter/model.safetensors"));
                SafetensorsFile merged = SafetensorsFile.open(root.resolve("out/merged/model.safetensors"))) {
            Tensor b = file.tensor("model." + module + "sorsa_B");
            Tensor scaled = b.mul(file.tensor("model." + module + "sorsa_S"));
            Tensor product = scaled.matmul(file.tensor("model." + module + "sorsa_A"));
            assertTensor(file.tensor("model." + module + "weight").add(product))
                    .isCloseTo(merged.tensor(module + "weight"), 1e-5, 1e-6);
            assertThat(file.tensors()).hasSize(merged.tensors().size() + 3);
        }
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "adapterhub, 'lora, r: 2', 'auto, peft, own'",
        "sorsa, 'lora, r: 2', 'auto, peft, own'",
        "sorsa, 'compacter, phm_dim: 2, reduction_factor: 4', 'auto, own'",
        "bone, 'lora, r: 2', 'auto, peft, own'",
        "bone, 'bone, r: 2, variant: mini, mini_r: 2', 'auto, peft, own'",
        "bone, 'sorsa, r: 2', 'auto, peft, own, sorsa'",
        "peft, 'bora, r: 2', 'auto, own'",
        "peft, 'bitfit', 'auto, own'",
        "peft, 'bone, r: 2, variant: rows', 'auto, own'",
        "adapterhub, 'compacter, phm_dim: 2, reduction_factor: 4', 'auto, own'"
    })
    void aFormThatCannotHoldTheAdapterIsRefusedBeforeAnythingIsLoaded(String form, String adapter, String others) {
        String recipe = recipe("out", form, adapter);
        sandbox.without("model/model.safetensors").without("texts.csv"); // nothing to load: the recipe alone is wrong
        for (Ran ran : new Ran[] {Ran.cw("run", recipe), Ran.cw("run", recipe, "--check")}) {
            assertThat(ran.status()).isEqualTo(2);
            assertThat(ran.err())
                    .startsWith("cw run: output.adapter_format: \"" + form + "\" is not allowed; expected one of "
                            + others + " for this " + adapter.replaceFirst(",.*", "") + ": ")
                    .hasLineCount(1);
        }
        assertThat(root.resolve("out")).doesNotExist();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "sorsa, 'sorsa, r: 2, targets: [c_attn]', 'auto, peft, own', true",
        "sorsa, 'sorsa, r: 2, targets: [c_attn]', 'auto, peft, own', false",
        "peft, 'bone, r: 2, targets: [c_attn]', 'auto, own', true",
        "peft, 'bone, r: 2, variant: bat, targets: [c_attn]', 'auto, own', false",
        "bone, 'bone, r: 2, targets: [c_attn]', 'auto, own', true"
    })
    void whatReplacesLinearLayersAloneStandsAtNoTransposedWeight(
            String form, String adapter, String others, boolean check) {
        sandbox.decoder("model");
        String recipe = recipe("out", form, adapter);
        sandbox.spoil("formats.yaml", "model:", "task: causal_lm\nmodel:");
        Ran ran = check ? Ran.cw("run", recipe, "--check") : Ran.cw("run", recipe);
        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.err())
                .contains("output.adapter_format: \"" + form + "\" is not allowed; expected one of " + others
                        + " for this model: transformer.h.0.attn.c_attn is stored transposed");
        assertThat(root.resolve("out")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({"bone, false", "lora, true", "adalora, true"})
    void onItsOwnAnAdapterIsPeftsWherePeftCanStandAtItsModules(String method, boolean isPefts) throws IOException {
        sandbox.decoder("model");
        String recipe =
                recipe("out", "auto", method + (method.equals("adalora") ? "" : ", r: 2") + ", targets: [c_attn]");
        sandbox.spoil("formats.yaml", "model:", "task: causal_lm\nmodel:");
        Ran ran = Ran.cw("run", recipe);
        assertThat(ran.status()).as(ran.err()).isZero();
        assertThat(Configs.read(root.resolve("out/adapter/adapter_config.json")).has("peft_type"))
                .isEqualTo(isPefts);
        assertThat(ran.err().contains("adapter/ will be in a format of our own"))
                .isEqualTo(!isPefts);
    }

    @ParameterizedTest
    @CsvSource({"sorsa, 'sorsa, r: 2, targets: [query]'", "bone, 'bone, r: 2, targets: [query]'", "own, 'bora, r: 2'"})
    void everyFormIsMerged(String form, String adapter) throws IOException {
        run("out", form, adapter);
        Ran ran = Ran.cw("merge-adapter", path("model"), path("out/adapter"), path("again"));
        assertThat(ran.status()).as(ran.err()).isZero();
        try (var scope = Scope.open();
                SafetensorsFile again = SafetensorsFile.open(root.resolve("again/model.safetensors"));
                SafetensorsFile merged = SafetensorsFile.open(root.resolve("out/merged/model.safetensors"))) {
            assertThat(again.tensors().keySet()).isEqualTo(merged.tensors().keySet());
            merged.all()
                    .forEach((name, tensor) ->
                            assertTensor(again.tensor(name)).as(name).isCloseTo(tensor, 1e-5, 1e-6));
        }
        assertThat(Configs.read(root.resolve("again/config.json")).path("id2label"))
                .isEqualTo(Configs.read(root.resolve("out/merged/config.json")).path("id2label"));
    }

    @ParameterizedTest
    @CsvSource({"false, exact", "true, rounded: by at most"})
    void aMergeTellsWhatItRounds(boolean half, String told) throws IOException {
        run("out", "peft", "lora, r: 2, targets: [query]");
        if (half) {
            Map<String, Tensor> narrow = new LinkedHashMap<>();
            try (var scope = Scope.open();
                    SafetensorsFile file = SafetensorsFile.open(root.resolve("model/model.safetensors"))) {
                file.all().forEach((name, tensor) -> narrow.put(name, tensor.to(ScalarType.BFloat16)));
                sandbox.weights("model/model.safetensors", narrow);
            }
        }
        Ran ran = Ran.cw( // the same weights in another type are another file
                "merge-adapter", path("model"), path("out/adapter"), path("again"), "--force");
        assertThat(ran.status()).as(ran.err()).isZero();
        assertThat(ran.err()).contains("merged, " + told);
        assertThat(ran.err())
                .contains(half ? "at " + mostRounded() + " (BF16);" : "exact: no merged weight was rounded");
    }

    /** The weight of {@code again} that lies farthest, for its size, from what the adapter makes of the model. */
    private String mostRounded() {
        try (var scope = Scope.open();
                var off = Tensors.noGrad();
                ModelDirectory files = ModelDirectory.open(root.resolve("model"));
                SafetensorsFile again = SafetensorsFile.open(root.resolve("again/model.safetensors"))) {
            String most = "";
            double largest = 0;
            var exact = AdaptedModel.of(files, root.resolve("out/adapter"))
                    .computed()
                    .materialized();
            for (var entry : exact.entrySet()) {
                Tensor weight = entry.getValue();
                Tensor lost = again.tensor(entry.getKey()).to(ScalarType.Float).sub(weight);
                double error =
                        lost.abs().max().item_double() / weight.abs().max().item_double();
                if (error > largest) {
                    largest = error;
                    most = entry.getKey();
                }
            }
            return most;
        }
    }

    /** As PEFT writes it for a classifier: the head beside the table, the model wrapped once. */
    @Test
    void aPrefixIsReadWithItsHead() {
        sandbox.classifier("c")
                .adapter(
                        "prefix",
                        "{\"peft_type\": \"PREFIX_TUNING\", \"task_type\": \"SEQ_CLS\", \"num_virtual_tokens\": 3,"
                                + " \"num_layers\": 1, \"num_attention_heads\": 2, \"token_dim\": 8}",
                        Map.of(
                                "prompt_embeddings",
                                new long[] {3, 16},
                                "base_model.classifier.weight",
                                new long[] {3, 8},
                                "base_model.classifier.bias",
                                new long[] {3}));
        Ran asked = Ran.cw("predict", path("c"), "--adapter", path("prefix"), "--text", "the cat");
        assertThat(asked.status()).as(asked.err()).isZero();
        assertThat(asked.out()).contains("33"); // a head of zeros for three classes
        assertThat(Ran.cw("inspect", path("prefix")).out())
                .contains("PEFT PREFIX_TUNING", "num_virtual_tokens 3", "SEQ_CLS", "48, and 27 of the model's own");
    }

    private void run(String output, String form, String adapter) {
        Ran ran = Ran.cw("run", recipe(output, form, adapter));
        assertThat(ran.status()).as(ran.err()).isZero();
    }

    private String recipe(String output, String form, String adapter) {
        String recipe = """
                model: {name: "%1$s/model"}
                data: {train: "%1$s/texts.csv", max_length: 16}
                adapter: {method: %4$s}
                train: {max_steps: 6, batch_size: 8, lr: 1e-2, precision: float32, keep_best: false}
                output: {directory: "%1$s/%2$s", baseline: false, adapter_format: %3$s}
                """;
        return sandbox.write(
                        "formats.yaml", recipe.formatted(root.toString().replace('\\', '/'), output, form, adapter))
                .toString();
    }

    private Tensor logits(String output) {
        String file = path(output + ".safetensors");
        Ran ran = Ran.cw(
                "predict",
                path("model"),
                "--text",
                "the cat sat",
                "--max-length",
                "16",
                "--output",
                file,
                "--adapter",
                path(output + "/adapter"));
        assertThat(ran.status()).as(ran.err()).isZero();
        try (SafetensorsFile written = SafetensorsFile.open(Path.of(file))) {
            return written.tensor("logits").clone();
        }
    }

    private String path(String name) {
        return root.resolve(name).toString();
    }
}
