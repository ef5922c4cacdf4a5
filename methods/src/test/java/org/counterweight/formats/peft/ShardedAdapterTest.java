package org.counterweight.formats.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.formats.peft.config.PeftNames;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.SafetensorsFile;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.WeightsWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files as libraries write them, that is not always in one piece, nor what the settings name alone. */
class ShardedAdapterTest {
    @TempDir
    Path directory;

    private final Map<String, Tensor> whole = new LinkedHashMap<>();

    @BeforeEach
    void shards() throws IOException, URISyntaxException {
        Path golden = Path.of(Objects.requireNonNull(
                        ShardedAdapterTest.class.getResource("/goldens/peft-format/bert-lora-seqcls/adapter"))
                .toURI());
        Files.copy(golden.resolve("adapter_config.json"), directory.resolve("adapter_config.json"));
        try (SafetensorsFile file = SafetensorsFile.open(golden.resolve("adapter_model.safetensors"))) {
            file.tensors()
                    .keySet()
                    .forEach(name -> whole.put(name, file.tensor(name).clone()));
        }
        for (int i = 0; i < 2; i++) {
            var part = new LinkedHashMap<String, Tensor>();
            int k = 0;
            for (var entry : whole.entrySet()) {
                if (k++ % 2 == i) {
                    part.put(entry.getKey(), entry.getValue());
                }
            }
            WeightsWriter.write(shard(i + 1), part, Map.of("format", "pt"));
        }
    }

    private Path shard(int number) {
        return directory.resolve("adapter_model-0000" + number + "-of-00002.safetensors");
    }

    @Test
    void shardsAreOne() {
        try (var scope = Scope.open()) {
            assertThat(PeftAdapter.stored(directory, PeftNames.ALIKE, name -> true))
                    .hasSameSizeAs(whole);
            assertThat(SavedWhole.isAt(directory)).isTrue();
            assertThat(SavedWhole.of(directory).classes("classifier")).hasValue(3);
        }
    }

    /** {@code save_embedding_layers} stores the table of words without a word in the settings. */
    @Test
    void aTableThatIsStoredAlongIsTaken() throws URISyntaxException {
        String table = "bert.embeddings.word_embeddings.weight";
        try (var scope = Scope.open();
                ModelDirectory base = ModelDirectory.open(Path.of(Objects.requireNonNull(
                                ShardedAdapterTest.class.getResource("/goldens/peft-format/bert-lora-seqcls/base"))
                        .toURI()))) {
            Map<String, Tensor> weights = base.all();
            Tensor trained = weights.getOrDefault(table, torch.ones(1)).mul(new Scalar(2.0));
            whole.put("base_model.model." + table, trained);
            WeightsWriter.write(directory.resolve("adapter_model.safetensors"), whole, Map.of());
            PeftAdapter adapter = PeftAdapter.read(directory, Architectures.of(base.config()), "bert", weights);
            assertTensor(adapter.replacements().get(table)).isCloseTo(trained, 0, 0);
        }
    }

    /** {@code torch.compile} wraps the model, or single layers of it, before or after PEFT does. */
    @Test
    void namesOfACompiledModelAreItsOwn() throws IOException {
        Map<String, Tensor> plain;
        try (var scope = Scope.open()) {
            plain = new LinkedHashMap<>(PeftAdapter.stored(directory, PeftNames.ALIKE, name -> true));
            var compiled = new LinkedHashMap<String, Tensor>();
            whole.forEach((name, tensor) -> compiled.put(
                    name.replace("base_model.model.", "base_model.model._orig_mod.")
                            .replace(".attention.", ".attention._orig_mod."),
                    tensor));
            WeightsWriter.write(directory.resolve("adapter_model.safetensors"), compiled, Map.of());
            assertThat(PeftAdapter.stored(directory, PeftNames.ALIKE, name -> true))
                    .containsOnlyKeys(plain.keySet());
            assertThat(SavedWhole.of(directory).classes("classifier")).hasValue(3);
            var outside = new LinkedHashMap<String, Tensor>();
            whole.forEach((name, tensor) -> outside.put("_orig_mod." + name, tensor));
            WeightsWriter.write(directory.resolve("adapter_model.safetensors"), outside, Map.of());
            assertThat(PeftAdapter.stored(directory, PeftNames.ALIKE, "", List.of()))
                    .containsOnlyKeys(plain.keySet());
        }
    }

    @Test
    void aShardThatIsMissingIsTold() throws IOException {
        Files.delete(shard(1));
        assertThatThrownBy(() -> SavedWhole.of(directory))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("has 1 of 2 shards");
    }
}
