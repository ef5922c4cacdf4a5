package org.counterweight.studies.glosses;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.counterweight.config.Configs;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.weights.WeightsWriter;

/** A BERT small enough for a test, with texts of its twelve words. */
public final class TinyEncoder {
    private static final String CONFIG = """
            {"model_type": "bert", "architectures": ["BertModel"], "vocab_size": 17, "hidden_size": 64,
             "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64, "max_position_embeddings": 32}
            """;
    private static final List<String> WORDS = List.of(
            "oak", "elm", "ivy", "cat", "dog", "owl", "tea", "jam", "pie", "red", "old", "big"); // four kinds of three

    private TinyEncoder() {}

    /** Writes config, vocabulary and random weights into {@code directory}. */
    public static Path write(Path directory) {
        return write(directory, 1);
    }

    /** The same of so many layers. */
    public static Path write(Path directory, int layers) {
        String config = CONFIG.replace("\"num_hidden_layers\": 1", "\"num_hidden_layers\": " + layers);
        try (var scope = Scope.open()) {
            Files.createDirectories(directory);
            Files.writeString(directory.resolve("config.json"), config, UTF_8);
            Files.writeString(
                    directory.resolve("vocab.txt"),
                    "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n" + String.join("\n", WORDS) + "\n",
                    UTF_8);
            var model = Architectures.of(Configs.yaml(config, "test"));
            WeightsWriter.write(
                    directory.resolve("model.safetensors"), model.initialize(new Seed(1).generator()), Map.of());
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Texts whose first word says the class: plants are most, adjectives fewest. */
    public static LabelledTexts texts() {
        List<String> kinds = List.of("plant", "animal", "food", "adjective");
        int[] labels = IntStream.range(0, 120)
                .map(i -> i % 10 < 4 ? 0 : i % 10 < 7 ? 1 : i % 10 < 9 ? 2 : 3)
                .toArray();
        List<String> texts = IntStream.range(0, 120)
                .mapToObj(i -> WORDS.get(3 * labels[i] + i % 3) + " " + WORDS.get(i % 12) + " big")
                .toList();
        return new LabelledTexts(texts, labels, kinds);
    }

    /** The real task's code on this encoder, with its three most frequent classes. */
    public static GlossTransfer task(Path directory) {
        return new GlossTransfer(GlossContenders::all, () -> write(directory), TinyEncoder::texts, 3, 64);
    }
}
