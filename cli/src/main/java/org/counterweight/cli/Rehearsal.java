package org.counterweight.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.weights.ModelDirectory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The commands whose start should be quick, done once in silence on files of a few bytes: {@code ./cw} notes which classes they
 * load, and makes of these the archive with which later starts take half the time.
 */
final class Rehearsal {
    private static final String CLASSIFIER = """
            {"model_type": "bert", "architectures": ["BertForSequenceClassification"], "vocab_size": 8, "hidden_size": 8,
             "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 8, "max_position_embeddings": 16,
             "id2label": {"0": "no", "1": "yes"}}
            """;

    private static final String TOKENIZER = """
            {"version": "1.0", "added_tokens": [
              {"id": 0, "content": "[PAD]", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
               "special": true}],
             "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
               "strip_accents": null, "lowercase": true},
             "pre_tokenizer": {"type": "BertPreTokenizer"},
             "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
               "max_input_chars_per_word": 100, "vocab": {"[PAD]": 0, "[UNK]": 1, "a": 2, "cat": 3, "tree": 4}}}
            """;

    private final Path root;

    private Rehearsal(Path root) {
        this.root = root;
    }

    /** @param args a directory that is not there yet, for the files */
    public static void main(String[] args) throws IOException {
        System.exit(in(Path.of(args[0])));
    }

    /** Does all of them; 0 if each came to its end, or the exit status of one that did not. */
    static int in(Path root) throws IOException {
        var rehearsal = new Rehearsal(root);
        try (var scope = Scope.open()) {
            rehearsal.files();
        }
        int status = 0;
        for (List<String> words : rehearsal.commands()) {
            int one = Cw.commandLine()
                    .setOut(new PrintWriter(Writer.nullWriter()))
                    .setErr(new PrintWriter(Writer.nullWriter()))
                    .execute(words.toArray(String[]::new));
            status = Math.max(status, one);
        }
        return status;
    }

    private List<List<String>> commands() {
        String recipe = Path.of(System.getProperty("cw.home", "."), "examples", "quickstart.yaml")
                .toString();
        return List.of(
                List.of("doctor"),
                List.of("predict", at("classifier"), "--text", "a cat"),
                List.of("evaluate", at("classifier"), "--input", at("rows.csv"), "--resamples", "0"),
                List.of("run", recipe, "--check"),
                List.of("merge", at("stock.yaml"), at("merged"), "-q"));
    }

    private void files() throws IOException {
        ObjectNode config = Configs.json(CLASSIFIER, "classifier");
        var weights = Architectures.of(config).initialize(new Seed(0).generator());
        ModelDirectory.write(root.resolve("classifier"), config, weights, Map.of());
        Files.writeString(root.resolve("classifier/tokenizer.json"), TOKENIZER);
        Files.writeString(root.resolve("rows.csv"), "text,label\na cat,yes\na tree,no\n");
        for (String model : List.of("a", "b", "c")) { // a merge must run to its end to be in the list
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            tensors.put("layers.0.w", Tensors.zeros(2, 4).to(ScalarType.BFloat16));
            ModelDirectory.write(root.resolve(model), Configs.JSON.createObjectNode(), tensors, Map.of());
        }
        Files.writeString(
                root.resolve("stock.yaml"),
                "{merge_method: model_stock, base_model: %s, models: [{model: %s}, {model: %s}]}"
                        .formatted(quoted("a"), quoted("b"), quoted("c")));
    }

    private String at(String name) {
        return root.resolve(name).toString();
    }

    /** As YAML has it, whatever the directory is called. */
    private String quoted(String name) {
        return Configs.JSON.valueToTree(at(name)).toString();
    }
}
