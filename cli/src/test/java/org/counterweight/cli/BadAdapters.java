package org.counterweight.cli;

import java.util.List;
import java.util.Map;

/** Adapters that do not fit, and questions that a model cannot be asked. */
final class BadAdapters {
    private static final String MODULE = "base_model.model.bert.encoder.layer.0.attention.self.query.";

    private BadAdapters() {}

    static List<BadInput> adapters() {
        return List.of(
                BadInput.of(
                        "an adapter of rank 0",
                        s -> withAdapter(s.classifier("c")
                                .adapter("a", 8, 0)
                                .spoil("a/adapter_config.json", "\"r\": 2", "\"r\": 0")),
                        "a/adapter_config.json: lora.r: 0 is not allowed; expected an integer of at least 1"),
                BadInput.of(
                        "an adapter of another library",
                        s -> withAdapter(s.classifier("c").adapter("a", "{\"fine_tune_type\": \"lora\"}", Map.of())),
                        "a/adapter_config.json: peft_type is missing, which PEFT always writes"),
                BadInput.of(
                        "an adapter of another rank than its config says",
                        s -> withAdapter(s.classifier("c")
                                .adapter("a", 8, 0)
                                .spoil("a/adapter_config.json", "\"r\": 2", "\"r\": 4")),
                        "a/adapter_model.safetensors: ",
                        "query.lora_A.weight: [2, 8], expected [4, 8]"),
                BadInput.of(
                        "a classification adapter whose pooler nobody saved",
                        s -> {
                            s.model("b", "BertForMaskedLM", Map.of());
                            return s.classes("a", "SEQ_CLS", 3).predict("b", "--adapter", s.path("a") + "");
                        },
                        "b: has no bert.pooler.dense.weight, which this classifier reads: PEFT drew one at random when"
                                + " it trained ",
                        "and did not save it, so nobody can give the answers it gave then; train again on files that"
                                + " have it, or with it in modules_to_save"),
                BadInput.of(
                        "a classification adapter without its head on a model without one",
                        s -> {
                            s.adapter("a", 8, 0).spoil("a/adapter_config.json", "{", "{\"task_type\": \"SEQ_CLS\", ");
                            return s.predict("model", "--adapter", s.path("a") + "");
                        },
                        "model nor ",
                        "a has a classifier.weight, though the adapter's task_type is SEQ_CLS; save the adapter with"
                                + " its head (modules_to_save), or name the classifier that it was trained on"),
                BadInput.of(
                        "a head for more classes than the config beside the adapter names",
                        s -> {
                            s.classifier("c").classes("a", "SEQ_CLS", 3).classifier("a");
                            return withAdapter(s);
                        },
                        "a/config.json: names 2 classes, but classifier.weight in ",
                        "a has rows for 3; give id2label a name for each row"),
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
                        "a merge of biases that the model has no place for",
                        s -> {
                            var config = TheirModels.config("LlamaForCausalLM");
                            new TheirModels(s).model("l", config, TheirModels.shapes(config), false);
                            String query = "base_model.model.model.layers.0.self_attn.q_proj.";
                            s.adapter(
                                    "a",
                                    "{\"peft_type\": \"LORA\", \"r\": 2, \"lora_bias\": true, \"target_modules\": [\"q_proj\"]}",
                                    Map.of(
                                            query + "lora_A.weight",
                                            new long[] {2, 8},
                                            query + "lora_B.weight",
                                            new long[] {8, 2},
                                            query + "lora_B.bias",
                                            new long[] {8}));
                            return List.of("merge-adapter", s.path("l") + "", s.path("a") + "", s.path("out") + "");
                        },
                        "the adapter cannot be merged: it adds model.layers.0.self_attn.q_proj.bias (lora_bias), and the"
                                + " model has no bias there that could hold it"),
                start(
                        "singular values of a sketch that cannot be drawn again",
                        "pissa_niter_4",
                        "it cannot be drawn again; convert"),
                start(
                        "a start by data that the adapter does not hold",
                        "corda",
                        "by data that the adapter does not hold; convert"),
                start("a start by gradients", "lora_ga", "by data that the adapter does not hold; convert"),
                start(
                        "a start that quantised the base",
                        "loftq",
                        "merge it where it was trained, with PEFT's merge_and_unload"),
                start("a start that is none", "piza", "is no start of PEFT 0.21"),
                BadInput.of(
                        "an adapter's tokenizer with tokens that the model has no row for",
                        s -> {
                            s.classifier("c").adapter("a", 8, 0);
                            s.write("a/vocab.txt", s.read("c/vocab.txt") + "<x>\n");
                            return withAdapter(s);
                        },
                        "a: the adapter's own tokenizer has \"<x>\" as token 12, but the model has rows for 12 tokens;"
                                + " give the model that the adapter was trained on"),
                BadInput.of(
                        "an adapter's tokenizer that cannot be read",
                        s -> {
                            s.classifier("c").adapter("a", 8, 0);
                            s.write("a/added_tokens.json", "{\"<x>\": 11}");
                            return withAdapter(s);
                        },
                        "a: the adapter's own tokenizer has neither tokenizer.json nor vocab.txt, and the model's is"
                                + " another"),
                BadInput.of(
                        "a model of scores to learn classes",
                        s -> s.problem("model", "regression").run("--check"),
                        "model/config.json: problem_type: regression (scores, no classes) is not what a run learns,"
                                + " one class a text; to teach its encoder that, take problem_type, num_labels and"
                                + " id2label out"),
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
                        "a form that cannot hold the adapter",
                        s -> s.recipe("output:\n", "output:\n  adapter_format: adapterhub\n"),
                        "output.adapter_format: \"adapterhub\" is not allowed; expected one of auto, peft, own, bone"
                                + " for this bone: AdapterHub's bottleneck format holds compacter and bottleneck alone"),
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
                        "a/adapter_config.json: target_modules: \"q_proj\" matches no module of this model; it has"
                                + " query"),
                BadInput.of(
                        "an adapter of a run on a model of the same shapes",
                        s -> s.classifier("c")
                                .model("other", "BertForSequenceClassification", Map.of("initializer_range", 1))
                                .adapter("a", 8, 0)
                                .madeFor("c", "a")
                                .predict("other", "--adapter", s.path("a") + ""),
                        "a: was made for ",
                        "c (sha256 ",
                        "other is not that model (sha256 ",
                        "name the adapter's own base, or add --force"),
                BadInput.of(
                        "predictions in place of the model that makes them",
                        s -> s.classifier("c").predict("c", "--output", s.path("c/model.safetensors") + ""),
                        "--output: ",
                        "c/model.safetensors belongs to an input, ",
                        "and would be lost; name another file"),
                BadInput.of(
                        "predictions in place of their texts",
                        s -> {
                            String texts = s.write("t.jsonl", "{\"text\": \"the cat\"}\n") + "";
                            return s.classifier("c").predict("c", "--input", texts, "--output", texts);
                        },
                        "t.jsonl is an input, ",
                        "and would be lost; name another file"),
                BadInput.of(
                        "an adapter of an unknown kind",
                        s -> s.classifier("c")
                                .adapter("a", 8, 0)
                                .spoil("a/adapter_config.json", "LORA", "LOAR")
                                .predict("c", "--adapter", s.path("a") + ""),
                        "a/adapter_config.json: peft_type \"LOAR\" is unknown; did you mean \"LORA\"?"),
                BadInput.of(
                        "an adapter's directory that is not there",
                        s -> s.classifier("c").predict("c", "--adapter", s.path("b") + ""),
                        "b: there is no such directory"),
                BadInput.of(
                        "an adapter in place of a model",
                        s -> s.adapter("a", 8, 0).predict("a"),
                        "a: is an adapter, not a model; name the model that it was made for"),
                BadInput.of(
                        "an adapter to learn from",
                        s -> s.adapter("a", 8, 0).recipe("/model\n", "/a\n"),
                        "a: is an adapter, not a model; name the model that it was made for"),
                BadInput.of(
                        "a package of SORSA's for another base",
                        s -> withAdapter(
                                s.classifier("c").sorsa("a", 8).spoil("a/config.json", "\"rank\": 2", "\"rank\": 3")),
                        "a: bert.encoder.layer.0.attention.self.query.sorsa_A: [2, 8], expected [3, 8]"),
                BadInput.of(
                        "a package of SORSA's without weights that the model needs",
                        s -> withAdapter(s.classifier("c")
                                .sorsa("a", 8)
                                .spoil("c/config.json", "\"num_hidden_layers\":1", "\"num_hidden_layers\":2")),
                        "c: has no bert.encoder.layer.1"),
                BadInput.of(
                        "a directory that is no adapter's",
                        s -> s.classifier("c").predict("c", "--adapter", s.path("model") + ""),
                        "model: has no adapter_config.json; it is no adapter directory"),
                BadInput.of(
                        "the directory of several adapters, each with a name",
                        s -> s.classifier("c")
                                .adapter(
                                        "several/en",
                                        "{\"peft_type\": \"LORA\", \"target_modules\": [\"query\"]}",
                                        Map.of())
                                .predict("c", "--adapter", s.path("several") + ""),
                        "several: has no adapter_config.json; it is no adapter directory; name one of those in it: ",
                        "several/en"),
                BadInput.of(
                        "an adapter that has no factors for a module",
                        s -> withAdapter(s.classifier("c")
                                .adapter(
                                        "a",
                                        "{\"peft_type\": \"IA3\", \"target_modules\": [\"query\"],"
                                                + " \"feedforward_modules\": [\"query\"]}",
                                        Map.of(MODULE + "ia3_l", new long[] {8, 1}))),
                        "a/adapter_model.safetensors: ",
                        "query.ia3_l: [8, 1], expected [1, 8]; the adapter belongs to another base or another rank"),
                BadInput.of(
                        "an adapter whose shared projections were not saved, though it says so",
                        s -> withAdapter(s.classifier("c")
                                .adapter(
                                        "a",
                                        "{\"peft_type\": \"VERA\", \"r\": 2, \"target_modules\": [\"query\"]}",
                                        Map.of(
                                                MODULE + "vera_lambda_d",
                                                new long[] {2},
                                                MODULE + "vera_lambda_b",
                                                new long[] {8}))),
                        "the adapter has no base_model.vera_A, though its config says save_projection"),
                BadInput.of(
                        "trained rows of tokens that the model has not",
                        s -> withAdapter(s.classifier("c")
                                .adapter(
                                        "a",
                                        "{\"peft_type\": \"LORA\", \"r\": 2, \"target_modules\": [\"query\"],"
                                                + " \"trainable_token_indices\": {\"word_embeddings\": [3, 99]}}",
                                        Map.of(
                                                MODULE + "lora_A.weight",
                                                new long[] {2, 8},
                                                MODULE + "lora_B.weight",
                                                new long[] {8, 2},
                                                "base_model.model.bert.embeddings.word_embeddings.token_adapter"
                                                        + ".trainable_tokens_delta",
                                                new long[] {2, 8}))),
                        "trainable_token_indices: 99 is no row of bert.embeddings.word_embeddings.weight, which has 12;"
                                + " give the model that the adapter was trained on, its embeddings resized"),
                BadInput.of(
                        "an adapter that is a pickle",
                        s -> {
                            s.classifier("c").adapter("a", 8, 0).without("a/adapter_model.safetensors");
                            s.write("a/adapter_model.bin", "\u0080\u0002}.");
                            return s.predict("c", "--adapter", s.path("a") + "");
                        },
                        "a/adapter_model.bin: is a pickle, which runs its author's code when it is opened; convert it",
                        "adapter_model.bin adapter_model.safetensors"),
                BadInput.of(
                        "a head that is not known",
                        s -> s.model("q", "BertModel", Map.of())
                                .spoil("q/config.json", "BertModel", "BertForSomethingElse")
                                .predict("q"),
                        "q/config.json: architectures: \"BertForSomethingElse\" is unknown"),
                BadInput.of(
                        "a model without a classification head",
                        s -> s.predict("model"),
                        "model: has no classification head; train one with cw run"),
                BadInput.of(
                        "weights of another shape than the config says",
                        s -> s.classifier("c")
                                .spoil("c/config.json", "\"intermediate_size\":12", "\"intermediate_size\":16")
                                .predict("c"),
                        "c: bert.encoder.layer.0.intermediate.dense.weight is [12, 8], but config.json asks for [16,"
                                + " 8]"),
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
                        "--max-length: \"many\" is not allowed; expected an integer"),
                BadInput.of(
                        "no text",
                        s -> List.of("predict", s.path("model").toString()),
                        "there is nothing to tell; give --text, --image or --input"),
                BadInput.of(
                        "an output of another kind",
                        s -> s.predict("model", "--output", s.path("out.txt") + ""),
                        "out.txt: the ending is none of .jsonl, .csv, .parquet, .safetensors; say it with --format"),
                BadInput.of(
                        "a file to inspect that is not there",
                        s -> List.of("inspect", s.path("modle").toString()),
                        "modle: there is no such file or directory"),
                BadInput.of("nothing to inspect", s -> List.of("inspect"), "give PATH"),
                BadInput.of(
                        "a directory to verify that nothing was written into",
                        s -> List.of("verify", s.root().toString()),
                        "carries no ledger; only weights that cw wrote have one"),
                BadInput.of(
                        "a file to merge an adapter into",
                        s -> {
                            s.classifier("c").adapter("a", 8, 0);
                            return List.of(
                                    "merge-adapter", s.path("c") + "", s.path("a") + "", s.path("texts.csv") + "");
                        },
                        "OUT: ",
                        "texts.csv is a file; name a directory"),
                BadInput.of(
                        "a text file to inspect",
                        s -> List.of("inspect", s.path("recipe.yaml").toString()),
                        "recipe.yaml: header length ",
                        "no safetensors file"));
    }

    /** An unconverted LoRA of a start that says nothing about the base as it is. */
    private static BadInput start(String about, String name, String said) {
        return BadInput.of(
                about,
                s -> withAdapter(s.classifier("c")
                        .adapter("a", 8, 0)
                        .spoil(
                                "a/adapter_config.json",
                                "\"r\": 2",
                                "\"r\": 2, \"init_lora_weights\": \"" + name + "\"")),
                "a/adapter_config.json: init_lora_weights: \"" + name + "\" ",
                said);
    }

    private static List<String> withAdapter(Sandbox s) {
        return s.predict("c", "--adapter", s.path("a") + "");
    }
}
