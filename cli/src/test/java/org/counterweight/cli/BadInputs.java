package org.counterweight.cli;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The table of bad inputs, by what is bad about them. */
final class BadInputs {
    /** Two models that go together. */
    static final String MERGE = """
            merge_method: linear
            models:
              - model: "@/model"
                parameters: {weight: 1}
              - model: "@/model"
                parameters: {weight: 1}
            """;

    /** The adapter of the good recipe, to be taken out. */
    private static final String BONE = "adapter:\n  method: bone\n  r: 2\n  targets: [query]\n";

    private BadInputs() {}

    static Map<String, List<BadInput>> all() {
        var all = new LinkedHashMap<String, List<BadInput>>();
        all.put("Recipes: the file", files());
        all.put("Recipes: keys and values", settings());
        all.put("Recipes: what does not go together", fit());
        all.put("Data", data());
        all.put("Models and weights", weights());
        all.put("Adapters and predictions", adapters());
        all.put("Language models and the machine", language());
        all.put("Merges", merges());
        all.put("Updates", updates());
        all.put("Output, resumption and the work", output());
        return all;
    }

    private static List<BadInput> files() {
        return List.of(
                BadInput.of(
                        "the recipe is not there",
                        s -> List.of("run", s.path("recipes.yaml").toString()),
                        "recipes.yaml: there is no such file"),
                BadInput.of(
                        "the recipe is a directory",
                        s -> List.of("run", s.path("model").toString()),
                        "model: is a directory; expected a file"),
                BadInput.of(
                        "the recipe is no YAML",
                        s -> s.recipe("targets: [query]", "targets: [query"),
                        "recipe.yaml:",
                        "expected ',' or ']'"),
                BadInput.of(
                        "the recipe is no UTF-8",
                        s -> {
                            s.write(
                                    "recipe.yaml",
                                    s.goodRecipe().replace("query", "quéry").getBytes(StandardCharsets.ISO_8859_1));
                            return s.run();
                        },
                        "recipe.yaml: is no UTF-8 text; save it as UTF-8"),
                BadInput.of(
                        "the recipe is a list",
                        s -> {
                            s.write("recipe.yaml", "- model\n- data\n");
                            return s.run();
                        },
                        "recipe.yaml: expected keys and values, found [\"model\",\"data\"]"),
                BadInput.of(
                        "a key is given twice",
                        s -> s.recipe("  r: 2\n", "  r: 2\n  r: 4\n"),
                        "recipe.yaml:9: \"r\" is given twice; keep one"),
                BadInput.of(
                        "a section is misspelt",
                        s -> s.recipe("train:\n  epochs", "trian:\n  epochs"),
                        "trian is unknown; did you mean \"train\"?",
                        "Known: task, device, threads, model, data, adapter, weigh, stock, train, output"),
                BadInput.of(
                        "a key is misspelt",
                        s -> s.recipe("targets:", "targts:"),
                        "adapter.targts is unknown; did you mean \"targets\"?",
                        "Known: r, "),
                BadInput.of(
                        "a section is one value",
                        s -> s.recipe("  epochs: 1\n  batch_size: 8\n  lr: 1e-3\n  precision: float32\n", "  fast\n"),
                        "train: expected keys and values, found \"fast\""));
    }

    private static List<BadInput> settings() {
        return List.of(
                BadInput.of(
                        "a word for a number",
                        s -> s.recipe("epochs: 1", "epochs: three"),
                        "train.epochs: \"three\" is not allowed; expected an integer"),
                BadInput.of(
                        "a fraction for an integer",
                        s -> s.recipe("epochs: 1", "epochs: 1.5"),
                        "train.epochs: 1.5 is not allowed; expected an integer"),
                BadInput.of(
                        "a list for a text",
                        s -> s.recipe("/texts.csv", "/texts.csv\n  text: [a, b]"),
                        "data.text: [\"a\",\"b\"] is not allowed; expected a text"),
                BadInput.of(
                        "an unknown choice",
                        s -> s.recipe("float32", "float64"),
                        "train.precision: \"float64\" is not allowed; expected one of auto, float32, bf16"),
                BadInput.of(
                        "no epochs",
                        s -> s.recipe("epochs: 1", "epochs: 0"),
                        "train.epochs: 0 is not allowed; expected an integer of at least 1"),
                BadInput.of(
                        "a negative learning rate",
                        s -> s.recipe("1e-3", "-1e-3"),
                        "train.lr: -0.001 is not allowed; expected a number above 0"),
                BadInput.of(
                        "a learning rate that is no number",
                        s -> s.recipe("1e-3", ".nan"),
                        "train.lr: NaN is not allowed; expected a number above 0"),
                BadInput.of("a rank of 0", s -> s.recipe("r: 2", "r: 0"), "bone.r: 0 is not allowed; expected"),
                BadInput.of(
                        "a dropout of 1",
                        s -> s.recipe("method: bone", "method: lora\n  dropout: 1.0"),
                        "lora.dropout: 1.0 is not allowed; expected a probability in [0, 1)"),
                BadInput.of(
                        "an infinite alpha",
                        s -> s.recipe("method: bone", "method: lora\n  alpha: .inf"),
                        "lora.alpha: Infinity is not allowed; expected a finite number above 0"),
                BadInput.of(
                        "an empty list of targets",
                        s -> s.recipe("[query]", "[]"),
                        "bone.targets: [] is not allowed; expected at least one module name"),
                BadInput.of(
                        "an unknown method",
                        s -> s.recipe("bone", "boen"),
                        "adapter.method: \"boen\" is unknown; did you mean \"bone\"?"),
                BadInput.of(
                        "a method that is no adapter",
                        s -> s.recipe("bone", "loss_reweighting"),
                        "adapter.method: \"loss_reweighting\" is not allowed; expected one of ",
                        "lora"),
                BadInput.of(
                        "no method",
                        s -> s.recipe("  method: bone\n", ""),
                        "adapter.method is missing; give one of ",
                        "bone"),
                BadInput.of(
                        "`--set` without a value",
                        s -> s.run("--set", "train.lr"),
                        "--set: \"train.lr\" is not allowed; expected a key and a value, such as train.lr=1e-3"),
                BadInput.of(
                        "`--set` with a misspelt key",
                        s -> s.run("--set", "train.epoch=2"),
                        "train.epoch is unknown; did you mean \"epochs\"?"));
    }

    private static List<BadInput> fit() {
        return List.of(
                BadInput.of(
                        "an unknown model",
                        s -> s.recipe(s.path("model").toString(), "minilmm"),
                        "model.name: \"minilmm\" is no directory and not in the catalogue; did you mean \"minilm\"?"),
                BadInput.of(
                        "an unknown set of texts",
                        s -> s.recipe("train: " + s.path("texts.csv"), "name: wordnet-noun"),
                        "data.name: \"wordnet-noun\" is no directory and not in the catalogue; did you mean"
                                + " \"wordnet-nouns\"?"),
                BadInput.of(
                        "no data",
                        s -> s.recipe("  train: " + s.path("texts.csv") + "\n", ""),
                        "data: give either name,",
                        "there is neither"),
                BadInput.of(
                        "data of both kinds",
                        s -> s.recipe("  max_length", "  name: wordnet-nouns\n  max_length"),
                        "data: give either name,",
                        "not both"),
                BadInput.of(
                        "a misspelt target (found by `--check` too)",
                        s -> {
                            s.recipe("[query]", "[qeury]");
                            return s.run("--check");
                        },
                        "adapter.targets: \"qeury\" matches no module of this model; did you mean \"query\"?"),
                BadInput.of(
                        "a target that is no linear module",
                        s -> s.recipe("[query]", "[LayerNorm]"),
                        "adapter.targets:",
                        "LayerNorm",
                        "no linear module; adapters stand at "),
                BadInput.of(
                        "texts longer than the model allows",
                        s -> s.recipe("max_length: 16", "max_length: 64"),
                        "data.max_length: 64 is not allowed; expected at most 32"),
                BadInput.of(
                        "a Bone block wider than the layer",
                        s -> s.recipe("r: 2", "r: 4096"),
                        "bone.r: 4096 is not allowed; expected at most 8, the input width of bert.encoder.layer.0"),
                BadInput.of(
                        "a Bat block that does not divide the layer",
                        s -> s.recipe("r: 2", "r: 3\n  variant: bat"),
                        "bone.r: 3 is not allowed; expected a divisor of both 8 and 8"),
                BadInput.of(
                        "more singular values than the layer has",
                        s -> s.recipe("method: bone\n  r: 2", "method: pissa\n  r: 9"),
                        "r: 9 is not allowed; expected 1 to 8, the lesser width of bert.encoder.layer.0.attention.self.query"),
                BadInput.of(
                        "one model to merge with nothing",
                        s -> s.recipe(BONE, "stock: {replicas: 1}\n"),
                        "stock.replicas: 1 is not allowed; expected an integer of at least 2"),
                BadInput.of(
                        "merging in training with an adapter beside the weights",
                        s -> s.recipe("train:\n", "stock: {}\ntrain:\n"),
                        "stock merges weights, but an adapter of bone trains parts beside them; leave adapter out"),
                BadInput.of(
                        "judging models that are not merged yet",
                        s -> s.recipe(BONE, "stock: {period: 3}\n"),
                        "stock.period: 3 is not allowed; expected a divisor of the 4 steps between evaluations"),
                BadInput.of(
                        "merging in training with a weigher that remembers",
                        s -> s.recipe(BONE, "stock: {}\nweigh: {method: group_dro, groups: 2}\n"),
                        "stock: the run's weigher remembers from step to step"),
                BadInput.of(
                        "a group of parameters that there is not",
                        s -> s.recipe("  lr: 1e-3", "  lr: 1e-3\n  groups: [{names: \"head.*\", lr: 1e-2}]"),
                        "train.groups.names: \"head.*\" is not allowed; expected a pattern that matches a trainable"));
    }

    private static List<BadInput> data() {
        return List.of(
                BadInput.of(
                        "the file is not there", s -> s.without("texts.csv").run(), "texts.csv: there is no such file"),
                BadInput.of(
                        "the file is of another kind",
                        s -> {
                            s.write("texts.xlsx", "PK");
                            return s.recipe("texts.csv", "texts.xlsx");
                        },
                        "texts.xlsx: the ending is none of .csv, .tsv, .jsonl, .parquet"),
                BadInput.of(
                        "an empty file",
                        s -> {
                            s.write("texts.csv", "");
                            return s.run();
                        },
                        "texts.csv: has no rows; give a file with at least one"),
                BadInput.of(
                        "a file with nothing but names of columns",
                        s -> {
                            s.write("texts.csv", "text,label\n");
                            return s.run();
                        },
                        "texts.csv: has no rows; give a file with at least one"),
                BadInput.of(
                        "a column is missing",
                        s -> s.spoil("texts.csv", "text,label", "text,lable").run(),
                        "texts.csv: has no column \"label\"; did you mean \"lable\"? It has text, lable"),
                BadInput.of(
                        "all rows are of one class",
                        s -> s.spoil("texts.csv", "plant", "animal").run(),
                        "data.label: all rows have the same class, \"animal\"; a classifier needs at least two"),
                BadInput.of(
                        "a row of CSV has too many values",
                        s -> {
                            s.write("texts.csv", "text,label\na cat,animal\na tree, tall,plant\n");
                            return s.run();
                        },
                        "texts.csv:3: Expected Number of Columns: 2 Found: 3",
                        "put texts with commas in double quotes"),
                BadInput.of(
                        "a row of CSV has no label",
                        s -> {
                            s.write("texts.csv", "text,label\na cat,animal\na tree,\n");
                            return s.run();
                        },
                        "texts.csv: row 2 has no label"),
                BadInput.of(
                        "a line of JSONL is cut",
                        s -> {
                            s.write("texts.jsonl", "{\"text\": \"a\", \"label\": 1}\n{\"text\": \"a\", \"lab\n");
                            return s.recipe("texts.csv", "texts.jsonl");
                        },
                        "texts.jsonl:2: is no JSON ("),
                BadInput.of(
                        "a line of JSONL has no label",
                        s -> {
                            s.write("texts.jsonl", "{\"text\": \"a\", \"label\": 1}\n{\"text\": \"a\"}\n");
                            return s.recipe("texts.csv", "texts.jsonl");
                        },
                        "texts.jsonl:2: has no label; it has text"),
                BadInput.of(
                        "a Parquet file that is none",
                        s -> {
                            s.write("texts.parquet", "text,label\n");
                            return s.recipe("texts.csv", "texts.parquet");
                        },
                        "texts.parquet: cannot be read: "),
                BadInput.of(
                        "a class that the training rows do not have",
                        s -> {
                            s.write("dev.csv", "text,label\na cat,animal\na stone,mineral\n");
                            return s.recipe("  max_length", "  dev: " + s.path("dev.csv") + "\n  max_length");
                        },
                        "dev.csv: row 2: the label \"mineral\" is none of the known classes (animal, plant)"));
    }

    private static List<BadInput> weights() {
        String file = "model/model.safetensors";
        return List.of(
                BadInput.of(
                        "a directory without weights",
                        s -> s.without(file).run(),
                        "model: has neither model.safetensors nor model.safetensors.index.json; it holds config.json"),
                BadInput.of(
                        "a pickle",
                        s -> {
                            s.write("model/pytorch_model.bin", "\u0080\u0002}.");
                            return s.without(file).run();
                        },
                        "pytorch_model.bin: is a pickle, which runs its author's code when it is opened; convert it"),
                BadInput.of(
                        "no config.json",
                        s -> s.without("model/config.json").run(),
                        "model: has no config.json; copy the model's there"),
                BadInput.of(
                        "a config.json that is no JSON",
                        s -> s.spoil("model/config.json", "{", "[").run(),
                        "model/config.json: is no JSON object ("),
                BadInput.of(
                        "an unknown architecture",
                        s -> s.spoil("model/config.json", "\"bert\"", "\"brt\"").run(),
                        "model/config.json: model_type: \"brt\" is not allowed; expected "),
                BadInput.of(
                        "an impossible size",
                        s -> s.spoil("model/config.json", "\"hidden_size\":8", "\"hidden_size\":0")
                                .run(),
                        "model/config.json: hidden_size: 0 is not allowed; expected an integer of at least 1"),
                BadInput.of(
                        "heads that do not divide the width",
                        s -> s.spoil("model/config.json", "\"num_attention_heads\":2", "\"num_attention_heads\":3")
                                .run(),
                        "model/config.json: hidden_size: 8 is not allowed; expected a multiple of num_attention_heads, 3"),
                BadInput.of(
                        "weights of another shape than the config says",
                        s -> s.spoil("model/config.json", "\"intermediate_size\":12", "\"intermediate_size\":16")
                                .run(),
                        "model: bert.encoder.layer.0.intermediate.dense.weight is [12, 8], but config.json asks for [16, 8]"),
                BadInput.of(
                        "a layer is missing",
                        s -> s.spoil("model/config.json", "\"num_hidden_layers\":1", "\"num_hidden_layers\":2")
                                .run(),
                        "model: has no bert.encoder.layer.1.attention.self.query.weight and 15 others, which its"
                                + " config.json asks for"),
                BadInput.of(
                        "a file that is cut short",
                        s -> s.cut(file, 100).run(),
                        "model.safetensors: its header describes ",
                        "it is cut short: fetch it again"),
                BadInput.of(
                        "a header of 2^60 bytes",
                        s -> s.safetensors(file, 1L << 60, "{}", 0).run(),
                        "model.safetensors: header length 1152921504606846976 does not fit a file of 10 bytes",
                        "fetch it again"),
                BadInput.of(
                        "tensors that overlap",
                        s -> s.safetensors(
                                        file,
                                        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                                                + "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}",
                                        12)
                                .run(),
                        "model.safetensors: b: starts at 4, expected 8 (it overlaps another tensor)",
                        "fetch it again"),
                BadInput.of(
                        "an unknown type",
                        s -> s.safetensors(file, "{\"a\":{\"dtype\":\"F33\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8)
                                .run(),
                        "model.safetensors: a: dtype \"F33\" is unknown; known are ",
                        "BF16"),
                BadInput.of(
                        "a shard outside of the directory",
                        s -> {
                            s.write(
                                    "model/model.safetensors.index.json",
                                    "{\"weight_map\": {\"a\": \"../secret.safetensors\"}}");
                            return s.run();
                        },
                        "model.safetensors.index.json: places a in \"../secret.safetensors\"; a shard is named by a file of"
                                + " the same directory"),
                BadInput.of(
                        "no tokenizer",
                        s -> s.without("model/vocab.txt").run(),
                        "model: has neither tokenizer.json nor vocab.txt; copy the model's tokenizer there"),
                BadInput.of(
                        "a tokenizer that is none",
                        s -> {
                            s.write("model/tokenizer.json", "{\"version\": \"1.0\", \"model\": 3}");
                            return s.run();
                        },
                        "model/tokenizer.json: the tokenizer cannot be read (",
                        "copy the model's own again"));
    }

    private static final String MODULE = "base_model.model.bert.encoder.layer.0.attention.self.query.";

    private static List<String> withAdapter(Sandbox s) {
        return s.predict("c", "--adapter", s.path("a") + "");
    }

    private static List<BadInput> language() {
        return List.of(
                BadInput.of(
                        "an unknown task",
                        s -> s.recipe("model:\n", "task: casual_lm\nmodel:\n"),
                        "task: \"casual_lm\" is not allowed; expected one of text_classification, causal_lm, masked_lm"),
                BadInput.of(
                        "an encoder is to find the next word",
                        s -> s.recipe("model:\n", "task: causal_lm\nmodel:\n"),
                        "model/config.json: model_type: \"bert\" is not allowed; expected a decoder, gpt2 or llama"),
                BadInput.of(
                        "a language model judged by accuracy",
                        s -> s.recipe("train:\n", "task: masked_lm\ntrain:\n  best_by: accuracy\n"),
                        "train.best_by: \"accuracy\" is not allowed; expected one of loss, perplexity for task: masked_lm"),
                BadInput.of(
                        "an adapter on random weights",
                        s -> s.recipe("/model\n", "/model\n  from_scratch: true\n"),
                        "model.from_scratch: true does not go with adapter"),
                BadInput.of(
                        "texts too short for one row",
                        s -> s.decoder("g")
                                .recipe(
                                        "model:\n",
                                        "task: causal_lm\nmodel:\n",
                                        "/model\n",
                                        "/g\n",
                                        "max_length: 16",
                                        "max_length: 60",
                                        "[query]",
                                        "[c_attn]"),
                        "the texts to choose by are too short for one row of data.max_length: 60 tokens"),
                BadInput.of(
                        "an unknown device",
                        s -> s.run("--device", "tpu"),
                        "device: \"tpu\" is not allowed; expected auto, cpu, cuda or cuda:N"),
                BadInput.of(
                        "no threads",
                        s -> s.run("--threads", "0"),
                        "threads: 0 is not allowed; expected an integer of at least 1"),
                BadInput.of(
                        "the perplexity of a classifier",
                        s -> s.classifier("c").predict("c", "--perplexity"),
                        "c: --perplexity goes with a decoder that has a language model's head"),
                BadInput.of(
                        "a share of the probability that nothing is drawn from",
                        s -> s.decoder("g").predict("g", "--top-p", "0.9"),
                        "add --temperature 1"),
                BadInput.of(
                        "a negative temperature",
                        s -> s.decoder("g").predict("g", "--temperature", "-1"),
                        "temperature: -1.0 is not allowed; expected 0 for the likeliest token"),
                BadInput.of(
                        "more new tokens than the model has positions for",
                        s -> s.decoder("g").predict("g", "--max-new-tokens", "100"),
                        "--max-new-tokens and the text: 107 is not allowed; expected at most 64"),
                BadInput.of(
                        "nothing to go on from",
                        s -> {
                            s.decoder("g");
                            return List.of("predict", s.path("g") + "", "--text", "");
                        },
                        "--text: \"\" is not allowed; expected at least one word"),
                BadInput.of(
                        "a text without a gap for an encoder's words",
                        s -> s.model("m", "BertForMaskedLM", Map.of()).predict("m"),
                        "--text: \"the cat\" is not allowed; expected a text with a gap, [MASK]"));
    }

    private static List<BadInput> adapters() {
        return List.of(
                BadInput.of(
                        "an adapter of rank 0",
                        s -> withAdapter(s.classifier("c")
                                .adapter("a", 8, 0)
                                .spoil("a/adapter_config.json", "\"r\": 2", "\"r\": 0")),
                        "a/adapter_config.json: lora.r: 0 is not allowed; expected an integer of at least 1"),
                BadInput.of(
                        "an adapter of another rank than its config says",
                        s -> withAdapter(s.classifier("c")
                                .adapter("a", 8, 0)
                                .spoil("a/adapter_config.json", "\"r\": 2", "\"r\": 4")),
                        "a/adapter_model.safetensors: ",
                        "query.lora_A.weight: [2, 8], expected [4, 8]"),
                BadInput.of(
                        "singular values of a matrix that has fewer",
                        s -> withAdapter(s.classifier("c")
                                .adapter(
                                        "a",
                                        "{\"peft_type\": \"LORA\", \"r\": 9, \"init_lora_weights\": \"pissa\","
                                                + " \"target_modules\": [\"query\"]}",
                                        Map.of(
                                                MODULE + "lora_A.weight",
                                                new long[] {9, 8},
                                                MODULE + "lora_B.weight",
                                                new long[] {8, 9}))),
                        "a/adapter_config.json: r: 9 is not allowed; expected 1 to 8"),
                BadInput.of(
                        "a Bat block that does not divide its layer",
                        s -> withAdapter(s.classifier("c")
                                .adapter(
                                        "a",
                                        "{\"peft_type\": \"MISS\", \"r\": 3, \"init_weights\": \"bat\","
                                                + " \"target_modules\": [\"query\"]}",
                                        Map.of(MODULE + "miss_block", new long[] {2, 3, 3}))),
                        "a/adapter_config.json: bone.r: 3 is not allowed; expected a divisor of both 8 and 8"),
                BadInput.of(
                        "an adapter on an embedding that is the head too",
                        s -> {
                            String table = "base_model.model.transformer.wte.lora_embedding_";
                            s.decoder("g")
                                    .adapter(
                                            "a",
                                            "{\"peft_type\": \"LORA\", \"r\": 2, \"target_modules\": [\"wte\"]}",
                                            Map.of(table + "A", new long[] {2, 257}, table + "B", new long[] {8, 2}));
                            return s.predict("g", "--adapter", s.path("a") + "");
                        },
                        "a/adapter_config.json: target_modules: the adapter stands at transformer.wte, whose table is the"
                                + " head's weight too"),
                BadInput.of(
                        "a form that cannot hold the adapter",
                        s -> s.recipe("output:\n", "output:\n  adapter_format: adapterhub\n"),
                        "output.adapter_format: adapterhub: AdapterHub's bottleneck format holds compacter and bottleneck"),
                BadInput.of(
                        "an AdapterHub directory of freed norms",
                        s -> s.recipe(
                                "output:\n",
                                "output:\n  adapter_format: adapterhub\n",
                                "  method: bone\n  r: 2\n  targets: [query]\n",
                                "  method: compacter\n  phm_dim: 2\n  reduction_factor: 4\n"),
                        "compacter.unfreeze_layer_norms: true is not allowed; expected false"),
                BadInput.of(
                        "an AdapterHub adapter of a form that is not supported",
                        s -> withAdapter(s.classifier("c")
                                .adapter(
                                        "a",
                                        "{\"name\": \"n\", \"config\": {\"mh_adapter\": true, \"output_adapter\": true,"
                                                + " \"reduction_factor\": 4, \"is_parallel\": true}}",
                                        Map.of())),
                        "a/adapter_config.json: config.is_parallel: true is not allowed; expected false"),
                BadInput.of(
                        "an adapter with a tensor missing",
                        s -> withAdapter(s.classifier("c")
                                .adapter(
                                        "a",
                                        "{\"peft_type\": \"LORA\", \"r\": 2, \"target_modules\": [\"query\"]}",
                                        Map.of(MODULE + "lora_A.weight", new long[] {2, 8}))),
                        "a/adapter_model.safetensors: ",
                        "query: the adapter has no lora_B.weight; the file is incomplete"),
                BadInput.of(
                        "an adapter with a tensor too many",
                        s -> withAdapter(s.classifier("c")
                                .adapter(
                                        "a",
                                        "{\"peft_type\": \"LORA\", \"r\": 2, \"target_modules\": [\"query\"]}",
                                        Map.of(
                                                MODULE + "lora_A.weight",
                                                new long[] {2, 8},
                                                MODULE + "lora_B.weight",
                                                new long[] {8, 2},
                                                MODULE.replace("query", "key") + "lora_A.weight",
                                                new long[] {2, 8}))),
                        "has tensors that belong to no module of this model: [bert.encoder.layer.0.attention.self.key"),
                BadInput.of(
                        "an adapter with NaN",
                        s -> s.classifier("c").adapter("a", 8, Double.NaN).predict("c", "--adapter", s.path("a") + ""),
                        "a/adapter_model.safetensors: ",
                        "bert.encoder.layer.0.attention.self.query",
                        "NaN"),
                BadInput.of(
                        "an adapter for a wider model",
                        s -> s.classifier("c").adapter("a", 16, 0).predict("c", "--adapter", s.path("a") + ""),
                        "a/adapter_model.safetensors: ",
                        "bert.encoder.layer.0.attention.self.query",
                        "[2, 16]",
                        "[2, 8]"),
                BadInput.of(
                        "an adapter for another base",
                        s -> s.classifier("c")
                                .adapter("a", 8, 0)
                                .spoil("a/adapter_config.json", "query", "q_proj")
                                .predict("c", "--adapter", s.path("a") + ""),
                        "a/adapter_config.json: target_modules: \"q_proj\" matches no module of this model; it has query"),
                BadInput.of(
                        "an adapter of an unknown kind",
                        s -> s.classifier("c")
                                .adapter("a", 8, 0)
                                .spoil("a/adapter_config.json", "LORA", "LOAR")
                                .predict("c", "--adapter", s.path("a") + ""),
                        "a/adapter_config.json: peft_type \"LOAR\" is unknown; did you mean \"LORA\"?"),
                BadInput.of(
                        "a directory that is no adapter's",
                        s -> s.classifier("c").predict("c", "--adapter", s.path("model") + ""),
                        "model: has no adapter_config.json; it is no adapter directory"),
                BadInput.of(
                        "an adapter that is a pickle",
                        s -> {
                            s.classifier("c").adapter("a", 8, 0).without("a/adapter_model.safetensors");
                            s.write("a/adapter_model.bin", "\u0080\u0002}.");
                            return s.predict("c", "--adapter", s.path("a") + "");
                        },
                        "a/adapter_model.bin: is a pickle",
                        "save the adapter as safetensors"),
                BadInput.of(
                        "a model without a classification head",
                        s -> s.predict("model"),
                        "model: has no classification head; train one with cw run"),
                BadInput.of(
                        "weights of another shape than the config says",
                        s -> s.classifier("c")
                                .spoil("c/config.json", "\"intermediate_size\":12", "\"intermediate_size\":16")
                                .predict("c"),
                        "c: bert.encoder.layer.0.intermediate.dense.weight is [12, 8], but config.json asks for [16, 8]"),
                BadInput.of(
                        "more tokens than the model allows",
                        s -> {
                            s.classifier("c");
                            return List.of("predict", s.path("c") + "", "--text", "a", "--max-length", "64");
                        },
                        "--max-length: 64 is not allowed; expected at most 32"),
                BadInput.of(
                        "a word for a number",
                        s -> List.of("predict", s.path("c") + "", "--max-length", "many"),
                        "'--max-length'",
                        "'many'"),
                BadInput.of(
                        "no text",
                        s -> List.of("predict", s.path("model").toString()),
                        "there is nothing to tell; give --text or --input"),
                BadInput.of(
                        "an output of another kind",
                        s -> s.predict("model", "--output", s.path("out.txt") + ""),
                        "out.txt: the ending is none of .jsonl, .safetensors"),
                BadInput.of(
                        "a file to inspect that is not there",
                        s -> List.of("inspect", s.path("modle").toString()),
                        "modle: there is no such file or directory"),
                BadInput.of(
                        "a text file to inspect",
                        s -> List.of("inspect", s.path("recipe.yaml").toString()),
                        "recipe.yaml: header length ",
                        "no safetensors file"));
    }

    private static List<BadInput> merges() {
        return List.of(
                BadInput.of(
                        "an unknown method",
                        s -> s.merge(MERGE.replace("linear", "liner")),
                        "merge_method: \"liner\" is unknown; did you mean \"linear\"?"),
                BadInput.of(
                        "no method",
                        s -> s.merge(MERGE.replace("merge_method: linear\n", "")),
                        "merge_method is missing; name one, such as linear or slerp"),
                BadInput.of(
                        "an unknown key",
                        s -> s.merge(MERGE + "dtyp: float32\n"),
                        "dtyp is unknown; did you mean \"dtype\"?"),
                BadInput.of(
                        "a misspelt parameter",
                        s -> s.merge(MERGE.replace("weight: 1", "wieght: 1")),
                        "models[0].parameters.wieght is unknown; did you mean \"weight\"?"),
                BadInput.of(
                        "a model that is not there",
                        s -> s.merge(MERGE.replace("@/model", "@/modle")),
                        "models[0].model: \"",
                        "is no local directory or safetensors file, nor a name of cw data"),
                BadInput.of(
                        "a method without the base that it needs",
                        s -> s.merge(MERGE.replace("linear", "ties")),
                        "base_model is missing; ties needs one"),
                BadInput.of(
                        "weights that sum to 0",
                        s -> s.merge(MERGE.replaceFirst("weight: 1", "weight: -1")),
                        "the weights sum to 0, by which normalize would divide; change one, or set normalize: false"),
                BadInput.of(
                        "models of different shapes",
                        s -> {
                            s.model("wide", "BertModel", Map.of("hidden_size", 16));
                            return s.merge(MERGE.replaceFirst("@/model", "@/wide"));
                        },
                        "[16]",
                        "[8]",
                        "only models of one architecture can be merged"),
                BadInput.of(
                        "models of different architectures",
                        s -> s.classifier("c").merge(MERGE.replaceFirst("@/model", "@/c")),
                        "BertForSequenceClassification",
                        "BertModel",
                        "--allow-crimes tries nevertheless"),
                BadInput.of(
                        "a negative number of threads",
                        s -> s.merge(MERGE, "--num-threads", "-1"),
                        "num_threads: -1 is not allowed; expected at least 0"),
                BadInput.of(
                        "a size in words",
                        s -> s.merge(MERGE, "--out-shard-size", "big"),
                        "--out-shard-size: \"big\" is not allowed; expected bytes, such as 500M or 5B"),
                BadInput.of(
                        "an output that is in use",
                        s -> {
                            s.write("out/notes.txt", "mine");
                            return s.merge(MERGE);
                        },
                        "OUT: ",
                        "out is not empty; name another, or add --overwrite"));
    }

    private static List<BadInput> updates() {
        return List.of(
                BadInput.of(
                        "an old model without a head",
                        s -> s.classifier("new").update("model", "new"),
                        "model: has no classification head; train one with cw run"),
                BadInput.of(
                        "an update of another width",
                        s -> s.classifier("old")
                                .model("new", "BertForSequenceClassification", Map.of("hidden_size", 16))
                                .update("old", "new"),
                        "[12, 8]",
                        "[12, 16]"),
                BadInput.of(
                        "an update that has lost a class",
                        s -> s.classifier("old")
                                .classifier("new")
                                .spoil("new/config.json", "plant", "stone")
                                .update("old", "new"),
                        "new: has no class \"plant\", which ",
                        "an update may add classes, but drop none"),
                BadInput.of(
                        "a dev set with a class that the update does not know",
                        s -> {
                            s.classifier("old").classifier("new");
                            s.write("texts.csv", "text,label\nthe cat,animal\na tree,stone\n");
                            return s.update("old", "new");
                        },
                        "texts.csv: row 2: the label \"stone\" is none of the known classes (animal, plant)"),
                BadInput.of(
                        "a dev set without the column",
                        s -> s.classifier("old").classifier("new").update("old", "new", "--label", "class"),
                        "texts.csv: has no column \"class\""),
                BadInput.of(
                        "no dev set",
                        s -> List.of("update", s.path("a") + "", s.path("b") + "", "--output", s.path("out") + ""),
                        "--dev"),
                BadInput.of(
                        "an unknown variant",
                        s -> s.classifier("old").classifier("new").update("old", "new", "--variant", "fihser"),
                        "variant: \"fihser\" is not allowed; expected one of plain, fisher"),
                BadInput.of(
                        "a share above 1",
                        s -> s.classifier("old").classifier("new").update("old", "new", "--alpha", "0.5,1.5"),
                        "bcwi.alphas: 1.5 is not allowed; expected a number in [0, 1]"),
                BadInput.of(
                        "texts for Fisher information that is not asked for",
                        s -> s.classifier("old")
                                .classifier("new")
                                .update("old", "new", "--fisher-data", s.path("texts.csv") + ""),
                        "--fisher-data is of no use without --variant fisher; add it"),
                BadInput.of(
                        "an output that is in use",
                        s -> {
                            s.write("out/notes.txt", "mine");
                            return s.classifier("old").classifier("new").update("old", "new");
                        },
                        "--output: ",
                        "out is not empty; name another, or add --overwrite"));
    }

    private static List<BadInput> output() {
        return List.of(
                BadInput.of(
                        "the directory is in use",
                        s -> {
                            s.write("out/notes.txt", "mine");
                            return s.run();
                        },
                        "out is not empty; add --overwrite, or name another with --output"),
                BadInput.of(
                        "the directory is a file",
                        s -> {
                            s.write("out", "mine");
                            return s.run();
                        },
                        "out is a file; name a directory with --output"),
                BadInput.of(
                        "the directory lies in a file",
                        s -> s.run("--output", s.path("texts.csv/out") + ""),
                        "texts.csv is a file; name a directory with --output"),
                BadInput.of(
                        "nothing to resume",
                        s -> s.run("--resume"),
                        "out has no checkpoint.safetensors to resume from; start without --resume"),
                BadInput.of(
                        "resuming under another setting",
                        s -> {
                            s.write("out/checkpoint.safetensors", "");
                            s.write("out/recipe.yaml", s.goodRecipe());
                            return s.run("--resume", "--set", "train.lr=1e-2");
                        },
                        "train.lr: 0.01, but ",
                        "recipe.yaml has 0.001; resume with the same settings, or start anew with --overwrite"),
                BadInput.of(
                        "resuming with another adapter",
                        s -> {
                            s.write("out/checkpoint.safetensors", "");
                            s.write("out/recipe.yaml", s.goodRecipe());
                            return s.run("--resume", "--set", "adapter.method=lora");
                        },
                        "adapter.method: \"lora\", but ",
                        "recipe.yaml has \"bone\"; resume with the same settings"),
                BadInput.of(
                        "an unknown option",
                        s -> s.run("--ouput", "x"),
                        "there is no option \"--ouput\" here; did you mean \"--output\"?"),
                BadInput.of(
                                "a learning rate under which the loss explodes",
                                s -> s.recipe("1e-3", "1e30\n  clip: null\n  warmup: 0"),
                                "step ",
                                "a lower learning rate")
                        .inTheWork());
    }
}
