package org.counterweight.formats.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.formats.peft.WeightedLoras.Combination;
import org.counterweight.model.part.Initial;
import org.counterweight.weights.SafetensorsFile;
import org.counterweight.weights.WeightsWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Adapters put together as PEFT's {@code add_weighted_adapter} does it, held against its formulas. */
class WeightedLorasTest {
    private static final String Q = "base_model.model.layers.0.q";
    private static final String V = "base_model.model.layers.0.v";

    @TempDir
    private Path root;

    private Path adapter(String name, int r, int alpha, String more, String... modules) throws IOException {
        Path directory = Files.createDirectories(root.resolve(name));
        Files.writeString(
                directory.resolve("adapter_config.json"),
                "{\"peft_type\": \"LORA\", \"r\": " + r + ", \"lora_alpha\": " + alpha
                        + ", \"target_modules\": [\"q\", \"v\"], \"base_model_name_or_path\": \"base\"" + more + "}");
        var tensors = new TreeMap<String, Tensor>();
        try (var scope = Scope.open()) {
            for (String module : modules) {
                var random = new Seed(name.hashCode()).child(module).generator();
                tensors.put(module + ".lora_A.weight", Initial.normal(new long[] {r, 6}, 1, random));
                tensors.put(module + ".lora_B.weight", Initial.normal(new long[] {5, r}, 1, random));
            }
            WeightsWriter.write(directory.resolve("adapter_model.safetensors"), tensors, Map.of());
        }
        return directory;
    }

    private static Tensor stored(Path directory, String name) {
        try (SafetensorsFile file = SafetensorsFile.open(directory.resolve("adapter_model.safetensors"))) {
            return file.tensor(name).clone();
        }
    }

    /** B A of a module. */
    private static Tensor product(Path directory, String module) {
        return torch.mm(stored(directory, module + ".lora_B.weight"), stored(directory, module + ".lora_A.weight"));
    }

    @Test
    void factorsSideBySideChangeByTheSum() throws IOException {
        Path a = adapter("a", 2, 8, "", Q, V);
        Path b = adapter("b", 3, 3, ", \"use_rslora\": true", Q);
        new WeightedLoras(List.of(a, b), List.of(0.5, -2.0), Combination.CAT).write(root.resolve("both"));
        try (var scope = Scope.open()) {
            Tensor expected = Tensors.times(product(a, Q), 0.5 * 8 / 2)
                    .add(Tensors.times(product(b, Q), -2.0 * 3 / Math.sqrt(3)));
            assertTensor(product(root.resolve("both"), Q)).isCloseTo(expected, 1e-5, 1e-5);
            assertTensor(product(root.resolve("both"), V))
                    .isCloseTo(Tensors.times(product(a, V), 0.5 * 8 / 2), 1e-5, 1e-5);
            assertThat(stored(root.resolve("both"), V + ".lora_A.weight").size(0))
                    .as("filled up")
                    .isEqualTo(5);
        }
        var config = Configs.read(root.resolve("both/adapter_config.json"));
        assertThat(config.path("r").asInt())
                .isEqualTo(5)
                .isEqualTo(config.path("lora_alpha").asInt());
        assertThat(config.path("use_rslora").asBoolean()).isFalse();
        assertThat(config.path("base_model_name_or_path").asString()).isEqualTo("base");
        assertThat(config.path("target_modules").toString()).isEqualTo("[\"layers.0.q\",\"layers.0.v\"]");
    }

    @ParameterizedTest
    @CsvSource({"0.7, 0.3", "1, -0.5"})
    void sumsOfFactorsArePefts(double first, double second) throws IOException {
        Path a = adapter("a", 2, 8, "", Q);
        Path b = adapter("b", 2, 2, "", Q);
        new WeightedLoras(List.of(a, b), List.of(first, second), Combination.LINEAR).write(root.resolve("both"));
        try (var scope = Scope.open()) {
            double one = Math.sqrt(first * 8 / 2);
            double two = Math.sqrt(Math.abs(second));
            Tensor expectedA = Tensors.times(stored(a, Q + ".lora_A.weight"), one)
                    .add(Tensors.times(stored(b, Q + ".lora_A.weight"), Math.signum(second) * two));
            Tensor expectedB = Tensors.times(stored(a, Q + ".lora_B.weight"), one)
                    .add(Tensors.times(stored(b, Q + ".lora_B.weight"), two));
            assertTensor(stored(root.resolve("both"), Q + ".lora_A.weight")).isCloseTo(expectedA, 1e-6, 1e-6);
            assertTensor(stored(root.resolve("both"), Q + ".lora_B.weight")).isCloseTo(expectedB, 1e-6, 1e-6);
        }
    }

    @Test
    void whatHasNoSumIsRefused() throws IOException {
        Path a = adapter("a", 2, 8, "", Q);
        assertThatThrownBy(() -> together(a, adapter("b", 3, 3, "", Q), Combination.LINEAR))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("layers.0.q the adapters have ranks 2 and 3");
        assertThatThrownBy(() -> together(a, adapter("d", 2, 2, ", \"use_dora\": true", Q), Combination.CAT))
                .hasMessageContaining("this is DoRA (use_dora)");
        assertThatThrownBy(
                        () -> together(a, adapter("p", 2, 2, ", \"init_lora_weights\": \"pissa\"", Q), Combination.CAT))
                .hasMessageContaining("one that took a part out of the base (init_lora_weights: pissa)");
        assertThatThrownBy(() -> new WeightedLoras(List.of(a), List.of(1.0, 2.0), Combination.CAT))
                .hasMessageContaining("one for each of 1 adapters");
        assertThatThrownBy(() -> new WeightedLoras(List.of(a), List.of(Double.NaN), Combination.CAT))
                .hasMessageContaining("a finite number");
        assertThat(Files.exists(root.resolve("both"))).isFalse();
    }

    private void together(Path a, Path b, Combination how) {
        new WeightedLoras(List.of(a, b), List.of(1.0, 1.0), how).write(root.resolve("both"));
    }
}
