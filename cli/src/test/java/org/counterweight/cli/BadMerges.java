package org.counterweight.cli;

import java.util.List;
import java.util.Map;

/** Merge files, and models that cannot be merged. */
final class BadMerges {
    /** Two models that go together. */
    static final String MERGE = """
        merge_method: linear
        models:
          - model: "@/model"
            parameters: {weight: 1}
          - model: "@/model"
            parameters: {weight: 1}
        """;

    private static final String GREEDY = """
        merge_method: greedy_soup
        models: [{model: "@/a"}, {model: "@/b"}]
        """;

    private BadMerges() {}

    static List<BadInput> merges() {
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
                        "a search of mergekit-evolve",
                        s -> s.merge("genome: {models: [a, b], merge_method: linear}\ntasks: [{name: x}]\n"),
                        "genome: this is a search of mergekit-evolve, which tries many merges out on tasks, and no merge"),
                BadInput.of(
                        "an unknown key",
                        s -> s.merge(MERGE + "dtyp: float32\n"),
                        "dtyp is unknown; did you mean \"dtype\"?"),
                BadInput.of(
                        "an adapter in a model's place",
                        s -> {
                            s.write("lora/adapter_config.json", "{\"peft_type\": \"LORA\"}");
                            return s.merge(MERGE.replace("@/model", "@/lora"));
                        },
                        "lora: is an adapter and no model: adapter_config.json lies there; compute it into its model"
                                + " (cw merge-adapter MODEL lora OUT), or name both in a merge file, as MODEL+lora"),
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
                        "a share above 1",
                        s -> s.model("base", "BertModel", Map.of()).merge("""
                            merge_method: wise_ft
                            base_model: "@/base"
                            models: [{model: "@/model"}]
                            parameters: {alpha: 1.5}
                            """),
                        "parameters.alpha (embeddings.",
                        "1.5 is not allowed; expected a number in [0, 1] (the share of the tuned model)"),
                BadInput.of(
                        "two models to interpolate with a base",
                        s -> s.model("base", "BertModel", Map.of())
                                .model("other", "BertModel", Map.of())
                                .merge("""
                                    merge_method: lines
                                    base_model: "@/base"
                                    models: [{model: "@/model"}, {model: "@/other"}]
                                    """),
                        "lines takes exactly one model beside base_model, found 2"),
                BadInput.of(
                        "a greedy soup without rows to choose by",
                        s -> s.classifier("a").classifier("b").merge(GREEDY),
                        "greedy_soup needs texts with classes to choose by; name their file with parameters: {dev:"
                                + " FILE}"),
                BadInput.of(
                        "rows to choose by, and nothing to choose",
                        s -> s.merge(MERGE, "--dev", s.path("texts.csv") + ""),
                        "--dev is what a greedy soup is chosen by, and merge_method is linear; say greedy_soup"),
                BadInput.of(
                        "a greedy soup of models without a head",
                        s -> s.model("a", "BertModel", Map.of())
                                .model("b", "BertModel", Map.of())
                                .merge(GREEDY, "--dev", s.path("texts.csv") + ""),
                        "a: has no classification head; train one with cw run"),
                BadInput.of(
                        "a greedy soup chosen by classes that its models do not know",
                        s -> {
                            s.classifier("a").classifier("b").write("dev.csv", "text,label\nthe cat,stone\n");
                            return s.merge(GREEDY, "--dev", s.path("dev.csv") + "");
                        },
                        "dev.csv: line 2: the label \"stone\" is none of the known classes (animal, plant)"),
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
                        "a quantised model among others",
                        s -> s.model("q", "BertModel", Map.of())
                                .codes("q")
                                .merge(MERGE.replaceFirst("(?s)(.*)@/model", "$1@/q")),
                        "q: is quantised (bitsandbytes INT8, as ",
                        "query.SCB shows), and only whole weights can be computed with; take the model that it was made"
                                + " from"),
                BadInput.of(
                        "a model that its config calls quantised",
                        s -> s.model("q", "BertModel", Map.of())
                                .spoil(
                                        "q/config.json",
                                        "{\"model_type\"",
                                        "{\"quantization_config\":{\"quant_method\":\"awq\"},\"model_type\"")
                                .merge(MERGE.replaceFirst("@/model", "@/q"), "--check"),
                        "q: is quantised (awq, as quantization_config in config.json shows)",
                        "if its weights are whole already, take that out of config.json"),
                BadInput.of(
                        "classifiers of other classes",
                        s -> s.classifier("a")
                                .classifier("b")
                                .spoil("b/config.json", "plant", "stone")
                                .merge(MERGE.replaceFirst("@/model", "@/a").replace("@/model", "@/b")),
                        "id2label: class 1 is \"plant\" in ",
                        "/a, \"stone\" in ",
                        "/b; only classifiers of the same classes in one order can be merged"),
                BadInput.of(
                        "classifiers of the same classes in another order",
                        s -> s.classifier("a")
                                .classifier("b")
                                .spoil(
                                        "b/config.json",
                                        "\"0\":\"animal\",\"1\":\"plant\"",
                                        "\"0\":\"plant\",\"1\":\"animal\"")
                                .merge(MERGE.replaceFirst("@/model", "@/a").replace("@/model", "@/b")),
                        "id2label: class 0 is \"animal\" in ",
                        "/a, \"plant\" in ",
                        "--allow-crimes tries nevertheless"),
                BadInput.of(
                        "a list of parts that is cut short",
                        s -> {
                            s.write("model/modules.json", "[{");
                            return s.merge(MERGE);
                        },
                        "model/modules.json:1: "),
                BadInput.of(
                        "a negative number of threads",
                        s -> s.merge(MERGE, "--num-threads", "-1"),
                        "num_threads: -1 is not allowed; expected an integer of at least 0 (0 for as many as there are cores)"),
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
                        "out is not empty; name another; it holds notes.txt, which cw did not write"),
                BadInput.of(
                        "an output with files of another's",
                        s -> {
                            s.write("out/notes.txt", "mine");
                            s.write("out/thesis/chapter.tex", "mine");
                            return s.merge(MERGE, "--overwrite");
                        },
                        "OUT: ",
                        "out holds notes.txt, thesis/, which cw did not write and does not remove; name another"
                                + " directory"),
                BadInput.of(
                        "an output that would replace an input",
                        s -> s.model("out", "BertModel", Map.of())
                                .merge(MERGE.replaceFirst("@/model", "@/out"), "--overwrite"),
                        "out is an input, ",
                        "which would be lost; name another directory"),
                BadInput.of(
                        "an output that would replace what an input lies in",
                        s -> s.model("out/a", "BertModel", Map.of())
                                .merge(MERGE.replaceFirst("@/model", "@/out/a"), "--overwrite"),
                        "out holds an input, ",
                        "which would be lost; name another directory"),
                BadInput.of(
                        "an output inside an input",
                        s -> List.of(
                                "merge",
                                s.write(
                                                "merge.yaml",
                                                MERGE.replace(
                                                        "@", s.root().toString().replace('\\', '/')))
                                        .toString(),
                                s.path("model/out").toString()),
                        "lies in an input, ",
                        "which is only read; name another directory"),
                BadInput.of(
                        "a density in percent",
                        s -> s.merge(MERGE.replace("linear", "ties\nbase_model: '@/model'")
                                .replace("weight: 1", "weight: 1, density: 70")),
                        "70.0 is not allowed; expected a number in [0, 1] (the share of elements that is kept)"),
                BadInput.of(
                        "two documents without a name",
                        s -> s.merge(MERGE + "---\n" + MERGE),
                        "name: 2 documents have none; all but the last to be made need one"),
                BadInput.of(
                        "two documents of one name",
                        s -> s.merge("name: x\n" + MERGE + "---\nname: x\n" + MERGE),
                        "name: two documents are called \"x\"; rename one"),
                BadInput.of(
                        "documents that wait for one another",
                        s -> s.merge("name: x\n" + MERGE.replaceFirst("@/model", "y") + "---\nname: y\n"
                                + MERGE.replaceFirst("@/model", "x")),
                        "wait for one another"),
                BadInput.of(
                        "a chat template that there is not",
                        s -> s.merge(MERGE + "chat_template: chatmll\n"),
                        "chat_template: \"chatmll\" is no template; did you mean \"chatml\"?"),
                BadInput.of(
                        "a module that the models do not have",
                        s -> s.merge(
                                "merge_method: passthrough\nmodules: {decoder: {models: [{model: \"@/model\"}]}}\n"),
                        "modules.decoder: ",
                        " has no tensors of that name; its stacks of layers are encoder.layer ("),
                BadInput.of(
                        "experts of a family that makes no mixture",
                        s -> s.merge(
                                "base_model: \"@/model\"\ngate_mode: random\nexperts: [{source_model: \"@/model\"},"
                                        + " {source_model: \"@/model\"}]\n"),
                        "experts of the type \"bert\" without a shared expert make no family known here: mixtral is"
                                + " made of"),
                BadInput.of(
                        "experts without prompts",
                        s -> s.merge("base_model: \"@/model\"\nexperts: [{source_model: \"@/model\"}]\n"),
                        "experts[0].positive_prompts is missing; give texts that should go to this expert"),
                BadInput.of(
                        "more experts asked than there are",
                        s -> s.merge("base_model: \"@/model\"\ngate_mode: random\nexperts_per_token: 3\nexperts:"
                                + " [{source_model: \"@/model\"}]\n"),
                        "experts_per_token: 3 is not allowed; expected from 1 to 1, the number of experts"),
                BadInput.of(
                        "a LoRA of a model that is its base",
                        s -> List.of("extract-lora", s.path("model") + "", s.path("model") + "", s.path("out") + ""),
                        "do not differ in any module that is asked"),
                BadInput.of(
                        "a LoRA of a model of another architecture",
                        s -> List.of(
                                "extract-lora",
                                s.decoder("g").path("g") + "",
                                s.path("model") + "",
                                s.path("out") + ""),
                        "by the same name; the two are of different architectures: give the model that was tuned as the base"),
                BadInput.of(
                        "a LoRA of no rank",
                        s -> List.of(
                                "extract-lora",
                                s.path("model") + "",
                                s.path("model") + "",
                                s.path("out") + "",
                                "--rank",
                                "0"),
                        "--rank: 0 is not allowed; expected an integer of at least 1"),
                BadInput.of(
                        "a size that no file has",
                        s -> s.merge(MERGE, "--out-shard-size", "99999999999B"),
                        "--out-shard-size: \"99999999999B\" is not allowed; expected bytes, such as 500M or 5B"));
    }
}
