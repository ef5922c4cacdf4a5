package org.counterweight.formats.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.formats.peft.config.PeftNames;
import org.counterweight.weights.SafetensorsFile;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.WeightsWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Large adapters as transformers writes them: cut into shards. */
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
            assertThat(PeftAdapter.stored(directory, PeftNames.ALIKE, name -> true)).hasSameSizeAs(whole);
            assertThat(SavedWhole.isAt(directory)).isTrue();
            assertThat(SavedWhole.of(directory).classes("classifier")).hasValue(3);
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
