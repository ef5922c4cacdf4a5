package org.counterweight.cli;

import java.util.ArrayList;
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
                        "more steps than any sampler takes",
                        s -> List.of("guide", "--steps", "100000000"),
                        "--steps: 100000000 is not allowed; expected an integer from 1 to 100000"),
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
                        "guidance that ends before it begins",
                        s -> List.of("guide", "--start", "0.6", "--stop", "0.4"),
                        "guidance.start: 0.6 is not allowed; expected a share of at most guidance.stop, 0.4"),
                BadInput.of(
                        "a weight that is no number",
                        s -> List.of("guide", "--weight", "NaN"),
                        "guidance.weight: NaN is not allowed; expected a finite number"),
                BadInput.of(
                        "a weight beside a list of weights",
                        s -> List.of("guide", "--list", s.write("w.json", "[1, 2]") + "", "--weight", "3"),
                        "--list: the weights are those of the file; leave out shape, weight and what else makes one"),
                BadInput.of(
                        "a list of other length than the steps",
                        s -> List.of("guide", "--list", s.write("w.json", "[1, 2]") + "", "--steps", "3"),
                        "guidance.list: there are 2 weights for 3 steps; give one a step"),
                BadInput.of(
                        "a list of words",
                        s -> List.of("guide", "--list", s.write("w.json", "[\"high\", 2]") + ""),
                        "w.json holds no weights; expected numbers with commas between"),
                BadInput.of(
                        "a list of nothing",
                        s -> List.of("guide", "--list", s.write("w.json", "[]") + ""),
                        "w.json holds no weights"),
                BadInput.of(
                        "a list that is not there",
                        s -> List.of("guide", "--list", s.path("no.json") + ""),
                        "no.json: there is no such file"),
                BadInput.of(
                        "a guider that is unknown",
                        s -> List.of(
                                "guide", "--guider", s.write("g.json", "{\"_class_name\": \"SkipGuidance\"}") + ""),
                        "g.json: _class_name: \"SkipGuidance\" is no guider that is known here"),
                BadInput.of(
                        "a guider with both a weight and a list",
                        s -> List.of(
                                "guide",
                                "--guider",
                                s.write(
                                                "g.json",
                                                "{\"_class_name\": \"ClassifierFreeGuidance\", \"guidance_scale\": 3.0,"
                                                        + " \"guidance_schedule\": [3.0]}")
                                        + ""),
                        "g.json: guidance_schedule is unknown with ClassifierFreeGuidance"),
                BadInput.of(
                        "a guider that needs a network of diffusers",
                        s -> List.of(
                                "guide",
                                "--guider",
                                s.write("g.json", "{\"_class_name\": \"PerturbedAttentionGuidance\"}") + ""),
                        "PerturbedAttentionGuidance needs another network or other answers of it"),
                BadInput.of(
                        "a shape beside a guider",
                        s -> List.of(
                                "guide",
                                "cosine",
                                "--guider",
                                s.write("g.json", "{\"_class_name\": \"ClassifierFreeGuidance\"}") + ""),
                        "--guider: the weights are those of the file"),
                BadInput.of(
                        "a curve as a guider of one weight",
                        s -> List.of("guide", "cosine", "--form", "guider", "--output", s.path("g.json") + ""),
                        "--form guider: a guider of diffusers has one weight, and cosine has one for each step"),
                BadInput.of(
                        "a form of nothing that is written",
                        s -> List.of("guide", "--form", "list"),
                        "--form: of what --output writes; add --output FILE"),
                BadInput.of(
                        "a form of a directory",
                        s -> List.of(
                                "guide",
                                "--model",
                                s.path("model") + "",
                                "--form",
                                "list",
                                "--output",
                                s.path("out") + ""),
                        "--form: with --model the weights are written as JSON; leave it out"),
                BadInput.of(
                        "a scheduler of unknown noise",
                        s -> List.of(
                                "guide",
                                "--scheduler",
                                s.write("s.json", "{\"beta_schedule\": \"squaredcos_cap_v2\"}") + ""),
                        "s.json: beta_schedule: \"squaredcos_cap_v2\" is not allowed; expected linear or"
                                + " scaled_linear"),
                BadInput.of(
                        "times beside a scheduler",
                        s -> List.of("guide", "--scheduler", s.write("s.json", "{}") + "", "--grid", "mid"),
                        "--grid: with --scheduler the times are its; leave one out"),
                BadInput.of(
                        "a scheduler beside the sampler of a model",
                        s -> List.of(
                                "guide",
                                "--model",
                                s.path("model") + "",
                                "--scheduler",
                                s.path("s.json") + "",
                                "--output",
                                s.path("out") + ""),
                        "--scheduler: with --model the times are those of the sampler; leave it out"),
                BadInput.of(
                        "more steps than a scheduler has",
                        s -> List.of(
                                "guide",
                                "--scheduler",
                                s.write("s.json", "{\"num_train_timesteps\": 10}") + "",
                                "--steps",
                                "11"),
                        "--steps: 11 is not allowed; expected an integer from 1 to 10, the timesteps of training"),
                BadInput.of(
                        "a setting of another rule",
                        s -> drawn(s, "--eta", "0.5"),
                        "draw.eta: 0.5 goes with rule: apg, and this is plain; leave it out"),
                BadInput.of(
                        "a greatest norm below nothing",
                        s -> drawn(s, "--rule", "apg", "--norm", "-1"),
                        "draw.norm: -1.0 is not allowed; expected a number of at least 0"),
                BadInput.of(
                        "steps that predict nothing, fewer than none",
                        s -> drawn(s, "--rule", "zero_star", "--zero-steps", "-1"),
                        "draw.zero_steps: -1 is not allowed"),
                BadInput.of(
                        "a rescaling of more than all",
                        s -> drawn(s, "--rescale", "1.5"),
                        "draw.rescale: 1.5 is not allowed"),
                BadInput.of(
                        "a rescaling that its rule has not",
                        s -> drawn(s, "--rule", "cfg_pp", "--rescale", "0.5"),
                        "draw.rescale: 0.5 is not for rule: cfg_pp"),
                BadInput.of("no steps of a sampler", s -> drawn(s, "--steps", "0"), "draw.steps: 0 is not allowed"),
                BadInput.of(
                        "images from what is no network",
                        s -> List.of("guide", "--model", s.path("nowhere") + "", "--output", s.path("out") + ""),
                        "--model: ",
                        "nowhere has no diffusion.json, as there is no such directory; name that of a run with task:"
                                + " diffusion"),
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

    /** Of what would be a network; what is asked for is refused before it is opened. */
    private static List<String> drawn(Sandbox sandbox, String... more) {
        sandbox.write("net/diffusion.json", "{}");
        var words = new ArrayList<>(
                List.of("guide", "--model", sandbox.path("net") + "", "--output", sandbox.path("out") + ""));
        words.addAll(List.of(more));
        return words;
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
                        "diffusion says how noise is told from data, and task: image_classification learns something"
                                + " else"),
                BadInput.of(
                        "an odd width",
                        s -> recipe(s, "width: 4", "width: 5"),
                        "model.architecture.width: 5 is not allowed; expected an even integer of at least 2"),
                BadInput.of(
                        "heads that do not divide the channels",
                        s -> recipe(s, "heads: 1", "heads: 3"),
                        "model.architecture.heads: 3 is not allowed; expected a divisor of the 8 channels of the"
                                + " lowest level"),
                BadInput.of(
                        "more levels than the images have room for",
                        s -> recipe(s, "heads: 1", "heads: 1, multipliers: [1, 1, 1, 1, 1]"),
                        "model.architecture.multipliers: [1, 1, 1, 1, 1] is not allowed; expected fewer levels: each"
                                + " halves images of 8 x 8"),
                BadInput.of(
                        "patches that do not fill the images",
                        s -> recipe(s, "{type: unet, width: 4, heads: 1}", "{type: dit, patch: 3}"),
                        "model.architecture.patch: 3 is not allowed; expected a divisor of height and width of the"
                                + " images, 8 x 8"),
                BadInput.of(
                        "all labels dropped",
                        s -> recipe(s, "train: {", "diffusion: {label_drop: 1.0}\ntrain: {"),
                        "diffusion.label_drop: 1.0 is not allowed; expected a share in [0, 1)"),
                BadInput.of(
                        "something to tell that there is not",
                        s -> recipe(s, "train: {", "diffusion: {prediction_type: noise}\ntrain: {"),
                        "diffusion.prediction_type: \"noise\" is not allowed; expected one of epsilon, v, flow"),
                BadInput.of(
                        "a setting by its name of today and by its older one",
                        s -> recipe(s, "train: {", "diffusion: {told: v, prediction_type: v}\ntrain: {"),
                        "diffusion.told is the older name of diffusion.prediction_type; give one of them"),
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
