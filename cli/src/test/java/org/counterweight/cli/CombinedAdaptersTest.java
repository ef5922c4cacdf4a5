package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.weights.SafetensorsFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several adapters on a model at once, and models of merge files that are named with one. */
class CombinedAdaptersTest {
    private static final String QUERY = "bert.encoder.layer.0.attention.self.query";
    private static final String VALUE = "bert.encoder.layer.0.attention.self.value";

    @TempDir
    private Path root;

    private Sandbox sandbox;

    @BeforeEach
    void models() {
        sandbox = new Sandbox(root);
        var models = new TheirModels(sandbox);
        models.model("m", TheirModels.config("BertForSequenceClassification"));
        models.adapter("a", QUERY, 8, Map.of()).adapter("b", VALUE, 8, Map.of());
    }

    private Tensor logits(String model, String... words) {
        var all = new ArrayList<>(List.of("predict", path(model), "--text", "the cat sat", "--max-length", "16"));
        all.addAll(List.of("--output", path("l.safetensors")));
        all.addAll(List.of(words));
        succeeds(all.toArray(new String[0]));
        try (SafetensorsFile file = SafetensorsFile.open(root.resolve("l.safetensors"))) {
            return file.tensor("logits").clone();
        }
    }

    /** Adapters of different modules: one after the other merged is both at once. */
    @ParameterizedTest
    @CsvSource({"cat", "linear"})
    void adaptersAreAdded(String how) {
        try (var scope = Scope.open()) {
            Tensor both = logits("m", "--adapter", path("a"), "--adapter", path("b"), "--combine", how);
            succeeds("merge-adapter", path("m"), path("a"), path("ma"));
            assertTensor(both).isCloseTo(logits("ma", "--adapter", path("b"), "--force"), 1e-4, 1e-5);
            assertThat(both.allclose(logits("m", "--adapter", path("a")), 0, 1e-6, false))
                    .isFalse();
        }
    }

    @Test
    void anAdapterOfWeightZeroIsNone() {
        try (var scope = Scope.open()) {
            Tensor one = logits(
                    "m",
                    "--adapter",
                    path("a"),
                    "--adapter",
                    path("b"),
                    "--adapter-weights",
                    "1,0",
                    "--combine",
                    "cat");
            assertTensor(one).isCloseTo(logits("m", "--adapter", path("a")), 1e-5, 1e-6);
            Tensor none = logits("m", "--adapter", path("a"), "--adapter-weights", "0");
            assertTensor(none).isCloseTo(logits("m"), 1e-5, 1e-6);
        }
    }

    @Test
    void whatHasNoSumIsRefused() {
        assertThat(Ran.cw("predict", path("m"), "--text", "a", "--adapter", path("a"), "--adapter-weights", "1,2")
                        .err())
                .contains("--adapter-weights: [1.0, 2.0] is not allowed; expected one for each of 1 adapters");
        assertThat(Ran.cw("predict", path("m"), "--text", "a", "--adapter-weights", "1")
                        .err())
                .contains("--adapter-weights are of adapters; give --adapter for each");
        assertThat(Ran.cw("predict", path("m"), "--text", "a", "--adapter", path("a"), "--combine", "cat")
                        .err())
                .contains("--combine puts several adapters together");
    }

    @ParameterizedTest
    @CsvSource({"text", "mapping"})
    void aMergeFileNamesAModelWithItsAdapter(String form) {
        String reference = form.equals("text")
                ? "\"" + path("m") + "+" + path("a") + "\""
                : "{model: \"" + path("m") + "\", lora: \"" + path("a") + "\"}";
        sandbox.write(
                "merge.yaml",
                "merge_method: linear\nmodels:\n  - model: " + reference
                        + "\n    parameters: {weight: 0.5}\n  - model: \"" + path("m")
                        + "\"\n    parameters: {weight: 0.5}\n");
        succeeds("merge", path("merge.yaml"), path("out"));
        try (var scope = Scope.open();
                SafetensorsFile merged = SafetensorsFile.open(root.resolve("out/model.safetensors"));
                SafetensorsFile base = SafetensorsFile.open(root.resolve("m/model.safetensors"))) {
            succeeds("merge-adapter", path("m"), path("a"), path("ma"));
            try (SafetensorsFile adapted = SafetensorsFile.open(root.resolve("ma/model.safetensors"))) {
                Tensor expected =
                        Tensors.times(base.tensor(QUERY + ".weight").add(adapted.tensor(QUERY + ".weight")), 0.5);
                assertTensor(merged.tensor(QUERY + ".weight")).isCloseTo(expected, 1e-5, 1e-6);
                assertTensor(merged.tensor(VALUE + ".weight")).isCloseTo(base.tensor(VALUE + ".weight"), 1e-6, 1e-7);
            }
        }
    }

    @Test
    void anAdapterThatIsNotThereIsNamed() {
        sandbox.write(
                "merge.yaml",
                "merge_method: linear\nmodels:\n  - model: \"" + path("m") + "+" + path("none")
                        + "\"\n    parameters: {weight: 1}\n");
        assertThat(Ran.cw("merge", path("merge.yaml"), path("out")).err())
                .contains("none\" is no local directory; download the adapter and give its path");
        sandbox.write("none/config.json", "{}");
        assertThat(Ran.cw("merge", path("merge.yaml"), path("out")).err()).contains("is no adapter's directory");
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
