package org.counterweight.cli;

import java.util.List;

/** Guidance schedules that are none, and networks that cannot be drawn from. */
final class BadGuidance {
    private static final String RECIPE = """
            task: diffusion
            model: {architecture: {type: unet, width: 4, heads: 1}}
            data: {train: "@/train-images.idx"}
            train: {epochs: 1, batch_size: 8, precision: float32}
            output: {directory: "@/out"}
            """;

    private BadGuidance() {}

    static List<BadInput> schedules() {
        return List.of(
                BadInput.of("a shape that is misspelt", s -> List.of("guide", "linar"), "linar", "linear"),
                BadInput.of(
                        "no steps",
                        s -> List.of("guide", "--steps", "0"),
                        "steps: 0 is not allowed; expected an integer of at least 1"),
                BadInput.of(
                        "a power of nothing",
                        s -> List.of("guide", "pcs", "--power", "0"),
                        "guidance.s: 0.0 is not allowed; expected a number above 0"),
                BadInput.of(
                        "an interval without its end",
                        s -> List.of("guide", "interval_index", "--from", "3"),
                        "guidance.hi: an interval needs it; set lo and hi"),
                BadInput.of(
                        "an interval that ends before it begins",
                        s -> List.of("guide", "interval_index", "--from", "5", "--to", "3"),
                        "guidance.lo: 5.0 is not allowed; expected a number of at most guidance.hi"),
                BadInput.of(
                        "levels of noise on a grid without any",
                        s -> List.of("guide", "interval", "--from", "1", "--to", "3"),
                        "guidance in an interval of levels needs a grid with levels",
                        "--grid timesteps"),
                BadInput.of(
                        "a mean of zero to divide by",
                        s -> List.of("guide", "linear", "--steps", "1", "--normalize", "discrete"),
                        "guidance.normalize: discrete divides by the mean of the shape, which is 0 over these steps"),
                BadInput.of(
                        "images from what is no network",
                        s -> List.of("guide", "--model", s.path("nowhere") + "", "--output", s.path("out") + ""),
                        "--model: ",
                        "nowhere has no diffusion.json, as there is no such directory; name that of a run with task: diffusion"),
                BadInput.of(
                        "images from a model of texts",
                        s -> List.of("guide", "--model", s.path("model") + "", "--output", s.path("out") + ""),
                        "it is no network that tells noise; train one with task: diffusion (examples/diffusion.yaml)"),
                BadInput.of(
                        "images that are put nowhere",
                        s -> List.of("guide", "--model", s.path("model") + ""),
                        "--output is missing; name a directory for what is drawn from --model"),
                BadInput.of(
                        "shapes to be held against images of which nothing is known",
                        s -> {
                            s.write("net/diffusion.json", "{}");
                            return List.of(
                                    "guide",
                                    "--model",
                                    s.path("net") + "",
                                    "--sweep",
                                    "linear",
                                    "--output",
                                    s.path("out") + "");
                        },
                        "--sweep: ",
                        "net has no recipe.yaml, which tells the real images to hold drawn ones against"),
                BadInput.of(
                        "times beside those of the sampler",
                        s -> List.of(
                                "guide",
                                "--model",
                                s.path("model") + "",
                                "--grid",
                                "mid",
                                "--output",
                                s.path("out") + ""),
                        "--grid: with --model the times are those of the sampler; leave it out"));
    }

    /** Recipes of networks that tell noise. */
    static List<BadInput> recipes() {
        return List.of(
                BadInput.of(
                        "a model of classes for noise",
                        s -> recipe(s, "{type: unet, width: 4, heads: 1}", "convnet"),
                        "model.architecture: convnet tells classes; take unet or dit for task: diffusion"),
                BadInput.of(
                        "a model of noise for classes",
                        s -> recipe(s, "task: diffusion", "task: image_classification"),
                        "model.architecture: unet tells noise from data; take it for task: diffusion"),
                BadInput.of(
                        "what is told of noise where classes are",
                        s -> recipe(s, "task: diffusion", "task: image_classification\ndiffusion: {told: v}"),
                        "diffusion says how noise is told from data, and task: image_classification learns something else"),
                BadInput.of(
                        "an odd width",
                        s -> recipe(s, "width: 4", "width: 5"),
                        "model.architecture.width: 5 is not allowed; expected an even integer of at least 2"),
                BadInput.of(
                        "heads that do not divide the channels",
                        s -> recipe(s, "heads: 1", "heads: 3"),
                        "model.architecture.heads: 3 is not allowed; expected a divisor of the 8 channels of the lowest level"),
                BadInput.of(
                        "more levels than the images have room for",
                        s -> recipe(s, "heads: 1", "heads: 1, multipliers: [1, 1, 1, 1, 1]"),
                        "model.architecture.multipliers: [1, 1, 1, 1, 1] is not allowed; expected fewer levels: each halves images"
                                + " of 8 x 8"),
                BadInput.of(
                        "patches that do not fill the images",
                        s -> recipe(s, "{type: unet, width: 4, heads: 1}", "{type: dit, patch: 3}"),
                        "model.architecture.patch: 3 is not allowed; expected a divisor of height and width of the images, 8 x 8"),
                BadInput.of(
                        "all labels dropped",
                        s -> recipe(s, "train: {", "diffusion: {label_drop: 1.0}\ntrain: {"),
                        "diffusion.label_drop: 1.0 is not allowed; expected a share in [0, 1)"),
                BadInput.of(
                        "something to tell that there is not",
                        s -> recipe(s, "train: {", "diffusion: {told: noise}\ntrain: {"),
                        "diffusion.told"),
                BadInput.of(
                        "accuracy of what tells no classes",
                        s -> recipe(s, "epochs: 1", "epochs: 1, best_by: accuracy"),
                        "train.best_by: \"accuracy\" is not allowed; expected one of loss for task: diffusion"));
    }

    private static List<String> recipe(Sandbox sandbox, String old, String other) {
        Pictures.idx(sandbox, "train", 30);
        sandbox.write(
                "recipe.yaml", RECIPE.replace("@", sandbox.root().toString().replace('\\', '/')));
        return sandbox.recipe(old, other);
    }
}
