package org.counterweight.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.weights.SafetensorsFile;
import org.counterweight.weights.WeightsWriter;
import org.counterweight.weights.ledger.Ledger;

/** Small adapters of a {@link Sandbox}, for its classifiers. */
record SandboxAdapters(Sandbox box) {
    /** An adapter of that config with tensors of zeros. */
    void adapter(String name, String config, Map<String, long[]> shapes) {
        box.write(name + "/adapter_config.json", config);
        try (var scope = Scope.open()) {
            var tensors = new LinkedHashMap<String, Tensor>();
            shapes.forEach((tensor, shape) -> tensors.put(tensor, Tensors.zeros(shape)));
            box.weights(name + "/adapter_model.safetensors", tensors);
        }
    }

    /** Gives an adapter the ledger of a run on that model. */
    void madeFor(String model, String adapter) {
        Path file = box.path(adapter + "/adapter_model.safetensors");
        Path base = box.path(model);
        try (var scope = Scope.open()) {
            var tensors = new LinkedHashMap<String, Tensor>();
            try (SafetensorsFile source = SafetensorsFile.open(file)) {
                source.all().forEach((name, value) -> tensors.put(name, value.clone()));
            }
            var inputs = List.of(new Ledger.Input(base.toString(), Ledger.digest(base)));
            Ledger ledger = Ledger.of("lora", Configs.JSON.createObjectNode(), inputs, 0L, 1);
            WeightsWriter.write(file, tensors, ledger.metadata());
        }
    }

    /** An adapter at the query of the only layer with a head for so many classes, as PEFT saves it for that task. */
    void classes(String name, String task, int classes) {
        String module = "base_model.model.bert.encoder.layer.0.attention.self.query.";
        adapter(
                name,
                "{\"peft_type\": \"LORA\", \"task_type\": \"" + task + "\", \"r\": 2, \"target_modules\": [\"query\"],"
                        + " \"modules_to_save\": [\"classifier\", \"score\"]}",
                Map.of(
                        module + "lora_A.weight",
                        new long[] {2, 8},
                        module + "lora_B.weight",
                        new long[] {8, 2},
                        "base_model.model.classifier.weight",
                        new long[] {classes, 8},
                        "base_model.model.classifier.bias",
                        new long[] {classes}));
    }

    /** A package of SORSA's of rank 2 at the query of the only layer, whose triplets add nothing. */
    void sorsa(String name, int width) {
        box.write(name + "/config.json", "{\"model_type\": \"sorsa\", \"rank\": 2, \"alpha\": 2}");
        String module = "model.bert.encoder.layer.0.attention.self.query.sorsa_";
        try (var scope = Scope.open();
                SafetensorsFile model = SafetensorsFile.open(box.path("c/model.safetensors"))) {
            var tensors = new LinkedHashMap<String, Tensor>();
            model.all().forEach((tensor, value) -> tensors.put("model." + tensor, value));
            tensors.put(module + "A", Tensors.zeros(2, width));
            tensors.put(module + "S", Tensors.zeros(2));
            tensors.put(module + "B", Tensors.zeros(width, 2));
            box.weights(name + "/model.safetensors", tensors);
        }
    }

    /** A LoRA adapter of rank 2 at the query of the only layer, for a model of that width, with one value set. */
    void adapter(String name, int width, double value) {
        box.write(
                name + "/adapter_config.json",
                "{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 2, \"target_modules\": [\"query\"]}");
        String module = "base_model.model.bert.encoder.layer.0.attention.self.query.";
        try (var scope = Scope.open()) {
            var tensors = new LinkedHashMap<String, Tensor>();
            Tensor a = Tensors.zeros(2, width);
            a.select(0, 0).select(0, 0).fill_(Tensors.scalar(value));
            tensors.put(module + "lora_A.weight", a);
            tensors.put(module + "lora_B.weight", Tensors.zeros(width, 2));
            box.weights(name + "/adapter_model.safetensors", tensors);
        }
    }
}
