package org.counterweight.cli;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.weights.SafetensorsFile;
import tools.jackson.databind.node.ObjectNode;

/**
 * Models and adapters as transformers 5 and PEFT save them, with weights that a formula gives, so that those libraries can
 * be asked for the right values: element i of a file's tensor number k, in the order of names, is sin(k + 0.37 i) / 2.
 */
record TheirModels(Sandbox sandbox) {
    private static final String BERT = """
            {"model_type": "bert", "architectures": ["%s"], "vocab_size": 12, "hidden_size": 8, "dtype": "float32",
             "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 12, "max_position_embeddings": 32}
            """;
    private static final String LLAMA = """
            {"model_type": "llama", "architectures": ["%s"], "vocab_size": 12, "hidden_size": 8, "dtype": "float32",
             "num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 1, "intermediate_size": 12,
             "max_position_embeddings": 32, "bos_token_id": 1, "eos_token_id": 2}
            """;
    private static final String GPT2 = """
            {"model_type": "gpt2", "architectures": ["%s"], "vocab_size": 12, "n_embd": 8, "dtype": "float32",
             "n_layer": 1, "n_head": 2, "n_positions": 32, "bos_token_id": 1, "eos_token_id": 2}
            """;

    /** A decoder's words: {@code the}, {@code cat} and {@code sat} are 3, 4, 5; {@code <s>} begins a text. */
    private static final String TOKENIZER = """
            {"version": "1.0", "added_tokens": [
              {"id": 0, "content": "<unk>", "special": true, "single_word": false, "lstrip": false, "rstrip": false,
               "normalized": false},
              {"id": 1, "content": "<s>", "special": true, "single_word": false, "lstrip": false, "rstrip": false,
               "normalized": false},
              {"id": 2, "content": "</s>", "special": true, "single_word": false, "lstrip": false, "rstrip": false,
               "normalized": false}],
             "pre_tokenizer": {"type": "Whitespace"},
             "post_processor": {"type": "TemplateProcessing",
              "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}%s],
              "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
              "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]},
               "</s>": {"id": "</s>", "ids": [2], "tokens": ["</s>"]}}},
             "model": {"type": "WordLevel", "unk_token": "<unk>", "vocab": {"<unk>": 0, "<s>": 1, "</s>": 2, "the": 3,
              "cat": 4, "sat": 5, "a": 6, "tree": 7, "grew": 8, ",": 9, "x": 10, "y": 11}}}
            """;

    private static final String END = ", {\"SpecialToken\": {\"id\": \"</s>\", \"type_id\": 0}}";

    /** The config of that architecture, with nothing in it that is transformers' default. */
    static ObjectNode config(String architecture) {
        String text = architecture.startsWith("Bert") ? BERT : architecture.startsWith("Llama") ? LLAMA : GPT2;
        return Configs.json(text.formatted(architecture), "config");
    }

    /** Writes a model with its tokenizer, which ends a decoder's texts with {@code </s>} if asked to. */
    TheirModels model(String name, ObjectNode config, Map<String, long[]> shapes, boolean isEnded) {
        sandbox.write(name + "/config.json", config.toString());
        if (config.path("model_type").asString().equals("bert")) {
            sandbox.write(name + "/vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\na\ncat\ntree\nsat\ngrew\n,\n");
        } else {
            tokenizer(sandbox, name, isEnded);
        }
        try (var scope = Scope.open()) {
            sandbox.weights(name + "/model.safetensors", weights(shapes));
        }
        return this;
    }

    /** Writes that tokenizer into a model's directory. */
    static void tokenizer(Sandbox sandbox, String name, boolean isEnded) {
        sandbox.write(name + "/tokenizer.json", TOKENIZER.formatted(isEnded ? END : ""));
    }

    TheirModels model(String name, ObjectNode config) {
        return model(name, config, shapes(config), false);
    }

    /** The weights of that model, by our names. */
    static Map<String, long[]> shapes(ObjectNode config) {
        return Architectures.of(config).shapes();
    }

    /** A base that a classifier can be made of: all but the head, without the prefix where the file has the base alone. */
    static Map<String, long[]> base(ObjectNode classifier, String prefix, boolean isAlone) {
        var base = new LinkedHashMap<String, long[]>();
        shapes(classifier).forEach((name, shape) -> {
            if (name.startsWith(prefix)) {
                base.put(isAlone ? name.substring(prefix.length()) : name, shape);
            }
        });
        return base;
    }

    /** A LoRA adapter of rank 2 at that module, with a head for three classes, as PEFT wrote them before 0.11. */
    TheirModels adapter(String name, String module, int out, Map<String, long[]> head) {
        var shapes = new LinkedHashMap<String, long[]>();
        head.forEach((tensor, shape) -> shapes.put("base_model.model." + tensor, shape));
        shapes.put("base_model.model." + module + ".lora_A.weight", new long[] {2, 8});
        shapes.put("base_model.model." + module + ".lora_B.weight", new long[] {out, 2});
        sandbox.write(
                name + "/adapter_config.json",
                "{\"peft_type\": \"LORA\", \"task_type\": \"SEQ_CLS\", \"r\": 2, \"lora_alpha\": 2,"
                        + " \"modules_to_save\": null, \"target_modules\": [\""
                        + module.substring(module.lastIndexOf('.') + 1) + "\"]}");
        try (var scope = Scope.open()) {
            sandbox.weights(name + "/adapter_model.safetensors", weights(shapes));
        }
        return this;
    }

    private static Map<String, Tensor> weights(Map<String, long[]> shapes) {
        var weights = new LinkedHashMap<String, Tensor>();
        new TreeMap<>(shapes).forEach((name, shape) -> {
            float[] values = new float[Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b))];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (Math.sin(weights.size() + 0.37 * i) / 2);
            }
            weights.put(name, Tensors.floats(values, shape));
        });
        return weights;
    }

    /** Stores a model's weights again in that type, and says so in its config if that names one. */
    TheirModels stored(String name, ScalarType type, String dtype) {
        sandbox.spoil(name + "/config.json", "\"dtype\":\"float32\"", "\"dtype\":\"" + dtype + "\"");
        return changed(name, (tensor, value) -> Map.entry(tensor, value.to(type)));
    }

    /** What becomes of a tensor. */
    interface Change {
        Map.Entry<String, Tensor> of(String name, Tensor tensor);
    }

    /** Writes a model's weights again, each changed. */
    TheirModels changed(String name, Change change) {
        try (var scope = Scope.open()) {
            var changed = new LinkedHashMap<String, Tensor>();
            try (SafetensorsFile file = SafetensorsFile.open(sandbox.path(name + "/model.safetensors"))) {
                file.all().forEach((tensor, value) -> {
                    var entry = change.of(tensor, value.clone());
                    changed.put(entry.getKey(), entry.getValue());
                });
            }
            sandbox.weights(name + "/model.safetensors", changed);
        }
        return this;
    }
}
