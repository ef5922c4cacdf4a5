import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.counterweight.config.Configs;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.weights.WeightsWriter;

/** A model and texts that are small enough to be made here; any BERT, GPT-2 or Llama of Hugging Face's would do. */
final class Tiny {
    private Tiny() {}

    static Path model(Path directory) throws IOException {
        var config = Configs.json("""
                {"model_type": "bert", "architectures": ["BertModel"], "vocab_size": 11, "hidden_size": 16,
                 "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32,
                 "max_position_embeddings": 32}
                """, "config.json");
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("config.json"), config.toString());
        Files.writeString(
                directory.resolve("vocab.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\na\ncat\ntree\nsat\ngrew\n");
        try (var scope = Scope.open()) {
            var weights = Architectures.of(config).initialize(new Seed(1).generator());
            WeightsWriter.write(directory.resolve("model.safetensors"), weights, java.util.Map.of());
        }
        return directory;
    }

    /** A decoder beside its tokenizer. */
    static void decoder(Path directory) throws IOException {
        var config = Configs.json("""
                {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "vocab_size": 280, "n_positions": 64,
                 "n_embd": 16, "n_layer": 2, "n_head": 2, "eos_token_id": 0}
                """, "config.json");
        Files.writeString(directory.resolve("config.json"), config.toString());
        try (var scope = Scope.open()) {
            var weights = Architectures.of(config).initialize(new Seed(1).generator());
            WeightsWriter.write(directory.resolve("model.safetensors"), weights, java.util.Map.of());
        }
    }

    static LabelledTexts texts() {
        return LabelledTexts.of(
                List.of("the cat sat", "a tree grew", "a cat sat", "the tree grew", "the cat", "a tree"),
                List.of("animal", "plant", "animal", "plant", "animal", "plant"));
    }
}
