package org.counterweight.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.Configs;
import org.counterweight.data.graph.GraphColumns;
import org.counterweight.data.graph.GraphForm;
import org.counterweight.data.graph.Symmetry;
import org.counterweight.data.image.ImageForm;
import org.counterweight.data.image.ImageSet;
import org.counterweight.data.table.feature.NumberFeature;
import org.counterweight.data.table.feature.TableForm;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.SafetensorsFile;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Small models of a {@link Sandbox}, with random weights of one seed. */
record SandboxModels(Sandbox box) {
    private static final String CONFIG = """
        {"model_type": "bert", "architectures": ["%s"], "vocab_size": 12, "hidden_size": 8,
         "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 12,
         "max_position_embeddings": 32, "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0,
         "id2label": {"0": "animal", "1": "plant"}, "label2id": {"animal": 0, "plant": 1}}
        """;

    /** Makes a model's directory, with other config values than the usual ones if need be. */
    void model(String name, String architecture, Map<String, Integer> changed) {
        var config = Configs.json(CONFIG.formatted(architecture), "config");
        changed.forEach(config::put);
        box.write(name + "/config.json", config.toString());
        box.write(name + "/vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\na\ncat\ntree\nsat\ngrew\n,\n");
        drawn(name, config);
    }

    /** A model of grey images of 4 x 4 pixels. */
    void imageModel(String name) {
        String config = "{\"model_type\": \"mlp\", \"architectures\": [\"MlpForImageClassification\"], \"inputs\": 16,"
                + " \"hidden_sizes\": [4], \"id2label\": {\"0\": \"left\", \"1\": \"right\"}}";
        seeing(name, config, "preprocessor_config.json", new ImageForm(new ImageSet.Shape(1, 4, 4)).json());
    }

    /** A model of the nodes of graphs, with two features each. */
    void graphModel(String name) {
        String config = "{\"model_type\": \"graphsage\", \"architectures\": [\"GraphSageForNodeClassification\"],"
                + " \"num_features\": 2, \"hidden_sizes\": [4], \"id2label\": {\"0\": \"r\", \"1\": \"s\"}}";
        seeing(name, config, "graph_config.json", new GraphForm(GraphColumns.USUAL, 2, Symmetry.NONE).json());
    }

    /** A model of scores of a table's rows, by rooms and area. */
    void tableModel(String name) {
        String config = "{\"model_type\": \"mlp\", \"architectures\": [\"MlpForTableClassification\"], \"inputs\": 2,"
                + " \"hidden_sizes\": [4], \"problem_type\": \"regression\", \"id2label\": {\"0\": \"price\"}}";
        var rooms = new NumberFeature("rooms", 3, 1, false);
        var area = new NumberFeature("area", 50, 20, false);
        var form = new TableForm(List.of(rooms, area), new NumberFeature("price", 1000, 100, false));
        seeing(name, config, "table_config.json", form.json());
    }

    /** A model whose directory says in another file how it sees its rows. */
    private void seeing(String name, String config, String file, JsonNode form) {
        box.write(name + "/config.json", config);
        box.write(name + "/" + file, form.toString());
        drawn(name, Configs.json(config, "config"));
    }

    /** Says in a model's config what its scores are for. */
    void problem(String model, String type) {
        String config = box.read(model + "/config.json");
        box.write(model + "/config.json", "{\"problem_type\": \"" + type + "\", " + config.substring(1));
    }

    /** A model of one score, as transformers saves it. */
    void oneScore(String name) {
        box.classifier(name);
        var config = Configs.json(box.read(name + "/config.json"), "config");
        config.remove("id2label");
        config.put("num_labels", 1);
        box.write(name + "/config.json", config.toString());
        drawn(name, config);
    }

    /** Another model of the same sizes: all its weights times a factor. */
    void scaled(String name, float factor) {
        try (var scope = Scope.open()) {
            Map<String, Tensor> weights = new LinkedHashMap<>();
            try (ModelDirectory files = ModelDirectory.open(box.path(name))) {
                files.tensors()
                        .keySet()
                        .forEach(tensor -> weights.put(tensor, Tensors.times(files.tensor(tensor), factor)));
            }
            box.weights(name + "/model.safetensors", weights);
        }
    }

    /** A GPT-2 whose tokens are bytes. */
    void decoder(String name) {
        String config = "{\"model_type\": \"gpt2\", \"architectures\": [\"GPT2LMHeadModel\"], \"vocab_size\": 257,"
                + " \"n_positions\": 64, \"n_embd\": 8, \"n_layer\": 1, \"n_head\": 2, \"eos_token_id\": 256}";
        box.write(name + "/config.json", config);
        drawn(name, Configs.json(config, "config"));
        try {
            box.write(
                    name + "/tokenizer.json",
                    Files.readAllBytes(Path.of("examples", "models", "tiny-gpt", "tokenizer.json")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts codes in place of one of a model's weights, as bitsandbytes does; its config does not tell. */
    void codes(String name) {
        Path file = box.path(name + "/model.safetensors");
        String module = "bert.encoder.layer.0.attention.self.query.";
        try (var scope = Scope.open()) {
            var tensors = new LinkedHashMap<String, Tensor>();
            try (SafetensorsFile model = SafetensorsFile.open(file)) {
                model.all().forEach((tensor, value) -> tensors.put(tensor, value.clone()));
            }
            tensors.computeIfPresent(module + "weight", (weight, value) -> value.to(ScalarType.Char));
            tensors.put(module + "SCB", Tensors.zeros(8));
            box.weights(name + "/model.safetensors", tensors);
        }
    }

    private void drawn(String name, ObjectNode config) {
        try (var scope = Scope.open()) {
            box.weights(name + "/model.safetensors", Architectures.of(config).initialize(new Seed(1).generator()));
        }
    }
}
