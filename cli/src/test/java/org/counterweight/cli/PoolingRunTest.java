package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.weights.SafetensorsFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** What a run writes is, unless asked otherwise, the model that transformers and PEFT read from it; else it says so. */
class PoolingRunTest {
    private static final String POOLER = "bert.pooler.dense.weight";
    private static final String REMARK = "pooling: mean is a key of ours";

    @TempDir
    private Path root;

    private Sandbox sandbox;

    @BeforeEach
    void makeModelAndTexts() {
        sandbox = Sandbox.in(root);
    }

    @Test
    void aPoolerThatTheFilesHaveIsUsedAndStaysFrozen() throws IOException {
        withPooler();
        Ran ran = run("model", "lora, r: 2, targets: [query]", "");
        assertThat(ran.err()).doesNotContain(REMARK, "pooler");
        assertThat(config("out/merged").has("pooling")).isFalse();
        assertThat(saved()).isEqualTo("[\"classifier\"]");
        try (var scope = Scope.open()) {
            assertTensor(tensor("out/merged", POOLER)).isEqualTo(tensor("model", "pooler.dense.weight"));
        }
        theAdapterSaysWhatTheMergedModelSays();
    }

    @Test
    void aPoolerThatTheFilesLackIsTrainedAndGoesWithTheAdapter() throws IOException {
        Ran ran = run("model", "lora, r: 2, targets: [query, dense]", "");
        assertThat(ran.err())
                .contains("the model's files have no bert.pooler.dense: a fresh one is trained with the classifier")
                .doesNotContain(REMARK);
        assertThat(config("out/merged").has("pooling")).isFalse();
        assertThat(saved()).isEqualTo("[\"classifier\",\"bert.pooler.dense\"]");
        theAdapterSaysWhatTheMergedModelSays();
    }

    @Test
    void ourOwnFormBringsTheFreshPoolerToo() throws IOException {
        run("model", "bora, r: 2, targets: [query, dense]", "");
        theAdapterSaysWhatTheMergedModelSays();
    }

    @Test
    void theMeanIsRecordedAndSaidToBeReadOtherwiseElsewhere() throws IOException {
        Ran ran = run("model", "lora, r: 2, targets: [query]", ", pooling: mean");
        assertThat(ran.err()).containsOnlyOnce(REMARK);
        Ran check = Ran.cw("run", root.resolve("recipe.yaml").toString(), "--check");
        assertThat(check.err()).containsOnlyOnce(REMARK);
        assertThat(config("out/merged").path("pooling").asString()).isEqualTo("mean");
        theAdapterSaysWhatTheMergedModelSays();
        Ran merge = Ran.cw("merge-adapter", path("model"), path("out/adapter"), path("again"));
        assertThat(merge.err()).containsOnlyOnce(REMARK);
        String dev = path("texts.csv");
        Ran update = Ran.cw("update", path("again"), path("out/merged"), "--dev", dev, "--output", path("updated"));
        assertThat(update.err()).containsOnlyOnce(REMARK);
    }

    @Test
    void aModelThatRecordsTheMeanKeepsItWhenItIsTrainedOn() throws IOException {
        run("model", "lora, r: 2, targets: [query]", ", pooling: mean");
        Files.move(root.resolve("out/merged"), root.resolve("served"));
        Ran ran = run("served", "lora, r: 2, targets: [query]", "");
        assertThat(ran.err()).containsOnlyOnce(REMARK);
        assertThat(config("out/merged").path("pooling").asString()).isEqualTo("mean");
        Ran changed = run("served", "lora, r: 2, targets: [query]", ", pooling: pooler");
        assertThat(changed.err()).doesNotContain(REMARK).contains("no bert.pooler.dense");
        assertThat(config("out/merged").has("pooling")).isFalse();
    }

    private String path(String name) {
        return root.resolve(name).toString();
    }

    private void theAdapterSaysWhatTheMergedModelSays() {
        try (var scope = Scope.open()) {
            Tensor beside =
                    logits("model", "--adapter", root.resolve("out/adapter").toString());
            assertTensor(logits("out/merged")).isCloseTo(beside, 1e-4, 1e-5);
        }
    }

    /** The model's file again, with a pooler. */
    private void withPooler() {
        try (var scope = Scope.open()) {
            var weights = new LinkedHashMap<String, Tensor>();
            try (SafetensorsFile file = SafetensorsFile.open(root.resolve("model/model.safetensors"))) {
                file.all().forEach((name, tensor) -> weights.put(name, tensor.clone()));
            }
            weights.put("pooler.dense.weight", Tensors.zeros(8, 8).fill_(Tensors.scalar(0.25)));
            weights.put("pooler.dense.bias", Tensors.zeros(8));
            sandbox.weights("model/model.safetensors", weights);
        }
    }

    private Ran run(String model, String adapter, String pooling) {
        sandbox.write("recipe.yaml", """
                model: {name: "%1$s/%2$s"%4$s}
                data: {train: "%1$s/texts.csv", max_length: 16}
                adapter: {method: %3$s}
                train: {max_steps: 4, batch_size: 8, lr: 1e-2, precision: float32, keep_best: false}
                output: {directory: "%1$s/out", baseline: false}
                """.formatted(root.toString().replace('\\', '/'), model, adapter, pooling));
        Ran ran = Ran.cw(sandbox.run("--overwrite").toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran;
    }

    private ObjectNode config(String directory) throws IOException {
        return Configs.read(root.resolve(directory).resolve("config.json"));
    }

    private String saved() throws IOException {
        return Configs.read(root.resolve("out/adapter/adapter_config.json"))
                .path("modules_to_save")
                .toString();
    }

    private Tensor tensor(String directory, String name) {
        try (SafetensorsFile file = SafetensorsFile.open(root.resolve(directory).resolve("model.safetensors"))) {
            return file.tensor(name).clone();
        }
    }

    private Tensor logits(String model, String... more) {
        Path file = root.resolve("logits.safetensors");
        var words = new ArrayList<>(sandbox.predict(model, "--output", file.toString()));
        words.addAll(Arrays.asList(more));
        Ran ran = Ran.cw(words.toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
        try (SafetensorsFile written = SafetensorsFile.open(file)) {
            return written.tensor("logits").clone();
        }
    }
}
