package org.counterweight.cli;

import java.util.List;

/** Where a run is to write, what it is to go on from, and work that fails. */
final class BadOutputs {
    private BadOutputs() {}

    static List<BadInput> output() {
        return List.of(
                BadInput.of(
                        "the directory is in use",
                        s -> {
                            s.write("out/notes.txt", "mine");
                            return s.run();
                        },
                        "out is not empty; name another with --output; it holds notes.txt, which no run wrote"),
                BadInput.of(
                        "the directory is another's, and to be overwritten",
                        s -> {
                            s.write("out/recipe.yaml", s.goodRecipe());
                            s.write("out/thesis/chapter.tex", "mine");
                            return s.run("--overwrite");
                        },
                        "out holds recipe.yaml, thesis/, which no run wrote and none replaces; name another directory with"
                                + " --output"),
                BadInput.of(
                        "a file of another's in what an earlier run wrote",
                        s -> {
                            s.write("out/recipe.yaml", s.goodRecipe());
                            s.write("out/metrics.jsonl", "");
                            s.write("out/merged/notes.txt", "mine");
                            return s.run("--overwrite");
                        },
                        "out holds merged/notes.txt, which no run wrote and none replaces; name another directory with"
                                + " --output"),
                BadInput.of(
                        "an output that holds the model",
                        s -> {
                            s.write("out/recipe.yaml", s.goodRecipe());
                            s.write("out/metrics.jsonl", "");
                            s.classifier("out/merged").spoil("recipe.yaml", "/model\n", "/out/merged\n");
                            return s.run("--overwrite");
                        },
                        "--output: ",
                        "out holds an input, ",
                        "which would be lost; name another directory"),
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
                        "a file that is to lie in a file",
                        s -> List.of("guide", "cosine", "--output", s.path("texts.csv/weights.json") + ""),
                        "texts.csv: is a file, and no directory to write to; name another place"),
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
