package org.counterweight.cli;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Recipes that cannot be read, say what is not allowed, or ask for what does not go together. */
final class BadRecipes {
    /** The adapter of the good recipe, to be taken out. */
    private static final String BONE = "adapter:\n  method: bone\n  r: 2\n  targets: [query]\n";

    private BadRecipes() {}

    static List<BadInput> files() {
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
                        "Known: task, device, threads, processes, deterministic, model, data, adapter, reparametrize, weigh, balance, diffusion, stock, reweigh_edges, fairbatch, fair_penalty, train, output"),
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

    static List<BadInput> settings() {
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
                        s -> s.recipe("/texts.csv", "/texts.csv\n  label: [a, b]"),
                        "data.label: [\"a\",\"b\"] is not allowed; expected a text"),
                BadInput.of(
                        "an unknown choice",
                        s -> s.recipe("float32", "float64"),
                        "train.precision: \"float64\" is not allowed; expected one of auto, float32, bf16, bf16_frozen"),
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
                        "train.lr: NaN is not allowed; expected a finite number above 0"),
                BadInput.of("a rank of 0", s -> s.recipe("r: 2", "r: 0"), "bone.r: 0 is not allowed; expected"),
                BadInput.of(
                        "a dropout of 1",
                        s -> s.recipe("method: bone", "method: lora\n  dropout: 1.0"),
                        "lora.dropout: 1.0 is not allowed; expected a number in [0, 1)"),
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

    static List<BadInput> fit() {
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
                        "a misspelt target beside one that is there",
                        s -> {
                            s.recipe("[query]", "[query, vlaue]");
                            return s.run("--check");
                        },
                        "adapter.targets: \"vlaue\" matches no module of this model; did you mean \"value\"?"),
                BadInput.of(
                        "a misspelt target of a model that was not fetched yet",
                        s -> {
                            s.recipe(s.path("model").toString(), "minilm", "[query]", "[all-linear, quary]");
                            return s.run("--check");
                        },
                        "adapter.targets: \"quary\" matches no module of this model; did you mean \"query\"? (6 modules)"),
                BadInput.of(
                        "a misspelt module to train whole",
                        s -> {
                            s.recipe(
                                    "  method: bone\n  r: 2\n  targets: [query]\n",
                                    "  method: full\n  targets: [query, LayreNorm]\n");
                            return s.run("--check");
                        },
                        "full.targets: \"LayreNorm\" matches no module of this model; did you mean \"LayerNorm\"?"),
                BadInput.of(
                        "a layer that the model does not have",
                        s -> {
                            s.recipe(
                                    "  method: bone\n  r: 2\n  targets: [query]\n",
                                    "  method: bottleneck\n  reduction_factor: 4\n  layers: [0, 7]\n");
                            return s.run("--check");
                        },
                        "bottleneck.layers: [0, 7] is not allowed; expected numbers of layers of this model: there is no 7"
                                + " among [0]"),
                BadInput.of(
                        "a target that is trained whole",
                        s -> s.recipe("[query]", "[query, classifier]"),
                        "adapter.targets: \"classifier\" matches classifier, and what it matches is trained whole, so that no adapter"
                                + " stands there; leave it out"),
                BadInput.of(
                        "PEFT's form of what PEFT answers differently with",
                        s -> s.recipe(
                                "/model\n",
                                "/model\n  pooling: mean\n",
                                "output:\n",
                                "output:\n  adapter_format: peft\n"),
                        "output.adapter_format: \"peft\" is PEFT's form, but pooling: mean is a key of ours"),
                BadInput.of(
                        "a BERT's pooling for a decoder (found by `--check` too)",
                        s -> {
                            s.decoder("c").spoil("recipe.yaml", "/model\n", "/c\n  pooling: mean\n");
                            return s.run("--check");
                        },
                        "model.pooling says how a BERT's classifier sees the whole text, but here a decoder's classes come from"
                                + " the last token of each text; leave it out"),
                BadInput.of(
                        "a classifier's pooling for hidden words (found by `--check` too)",
                        s -> {
                            s.spoil("recipe.yaml", "model:\n", "task: masked_lm\nmodel:\n")
                                    .spoil("recipe.yaml", "/model\n", "/model\n  pooling: mean\n");
                            return s.run("--check");
                        },
                        "model.pooling says how a BERT's classifier sees the whole text, but here words come from the token at"
                                + " their own place; leave it out"),
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
                        s -> s.recipe(BONE, "stock: {}\nweigh: {method: group_dro, groups: 2, column: labels}\n"),
                        "stock: the run's weigher remembers from step to step"),
                BadInput.of(
                        "a group of parameters that there is not",
                        s -> s.recipe("  lr: 1e-3", "  lr: 1e-3\n  groups: [{names: \"head.*\", lr: 1e-2}]"),
                        "train.groups.names: \"head.*\" is not allowed; expected a pattern that matches a trainable"));
    }
}
