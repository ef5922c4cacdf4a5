package org.counterweight.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.weights.WeightsWriter;

/** What {@code examples/tiny-gpt.yaml} makes, but that it has learnt nothing. */
final class TinyGpt {
    private TinyGpt() {}

    static Path in(Path directory) throws IOException {
        Path source = Path.of("examples", "models", "tiny-gpt");
        for (String name : List.of("config.json", "tokenizer.json", "tokenizer_config.json")) {
            Files.copy(source.resolve(name), directory.resolve(name));
        }
        try (var scope = Scope.open()) {
            WeightsWriter.write(
                    directory.resolve("model.safetensors"),
                    Architectures.of(Configs.read(source.resolve("config.json")))
                            .initialize(new Seed(1).generator()),
                    Map.of());
        }
        return directory;
    }
}
