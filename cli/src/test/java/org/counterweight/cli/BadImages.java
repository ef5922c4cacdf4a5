package org.counterweight.cli;

import java.util.List;

/** Images that are not there or damaged, models that do not see them, and questions to the wrong kind of model. */
final class BadImages {
    private static final String RECIPE = """
            task: image_classification
            model: {architecture: {type: convnet, width: 4, depth: 1}}
            data: {train: "@/pictures", size: 8}
            train: {epochs: 1, batch_size: 8, precision: float32}
            output: {directory: "@/out", baseline: false}
            """;

    private BadImages() {}

    static List<BadInput> images() {
        return List.of(
                BadInput.of(
                        "no model",
                        s -> images(s, "{architecture: {type: convnet, width: 4, depth: 1}}", "{}"),
                        "model.name is missing; give a name that cw data list knows, or a directory",
                        "or model.architecture: mlp, convnet or resnet for images, mlp for tables"),
                BadInput.of(
                        "a model that there is and one that begins at random",
                        s -> images(s, "{architecture:", "{name: model, architecture:"),
                        "model: give either name, a model that there is, or architecture, one that begins at random, not both"),
                BadInput.of(
                        "an architecture that there is not",
                        s -> images(s, "type: convnet", "type: convent"),
                        "model.architecture.type: \"convent\" is unknown; did you mean \"convnet\"?"),
                BadInput.of(
                        "a convnet without channels",
                        s -> images(s, "width: 4", "width: 0"),
                        "model.architecture.width: 0 is not allowed; expected an integer of at least 1"),
                BadInput.of(
                        "more blocks than the images have room for (found by `--check` too)",
                        s -> checked(images(s, "depth: 1", "depth: 4")),
                        "model.architecture.depth: 4 is not allowed; expected at most 3: each block halves images of 8"),
                BadInput.of(
                        "an architecture of images for texts",
                        s -> s.recipe("  name: " + s.path("model"), "  architecture: convnet"),
                        "model.architecture: convnet takes images, and task: text_classification learns from texts; give"
                                + " model.name"),
                BadInput.of(
                        "an adapter beside random weights",
                        s -> images(
                                s, "train: {epochs", "adapter: {method: lora, targets: [classifier]}\ntrain: {epochs"),
                        "model.architecture does not go with adapter: there is nothing in random weights to adapt"),
                BadInput.of(
                        "a model of texts for images (found by `--check` too)",
                        s -> checked(images(
                                s,
                                "{architecture: {type: convnet, width: 4, depth: 1}}",
                                "{name: \"" + s.path("model") + "\"}")),
                        "model/config.json: model_type: \"bert\" is not allowed; expected an image model:"
                                + " clip, clip_vision_model, convnet, convnext, deit, dinov2, mlp, resnet, vit"),
                BadInput.of(
                        "rows of a kind that there is not",
                        s -> images(s, "{train:", "{kind: pictures, train:"),
                        "data.kind: \"pictures\" is unknown",
                        "Known: texts, documents, tokens, images, table, graph"),
                BadInput.of(
                        "rows of a kind that the task does not learn from",
                        s -> images(s, "{train:", "{kind: texts, train:"),
                        "data.kind: \"texts\" is not allowed; expected images with task: image_classification"),
                BadInput.of(
                        "a setting of texts for images",
                        s -> images(s, "size: 8}", "max_length: 8}"),
                        "data.max_length is unknown"),
                BadInput.of(
                        "pictures of no size",
                        s -> images(s, "size: 8}", "size: 0}"),
                        "data.size: 0 is not allowed; expected an integer from 1 to 1024"),
                BadInput.of(
                        "an unknown set of images",
                        s -> images(s, "train: \"" + s.path("pictures") + "\"", "name: mnits"),
                        "data.name: \"mnits\" is no directory and not in the catalogue; did you mean \"mnist\"?"),
                BadInput.of(
                        "pictures without directories for their classes (found by `--check` too)",
                        s -> checked(images(s, "/pictures", "/pictures/left")),
                        "pictures/left: has no directories; expected one for each class, with pictures in it"),
                BadInput.of(
                        "a class without pictures (found by `--check` too)",
                        s -> {
                            s.write("pictures/up/notes.txt", "none yet");
                            return checked(images(s));
                        },
                        "pictures/up: has no pictures (.png, .jpg, .gif, .bmp); put some in, or take it away"),
                BadInput.of(
                        "a picture that is none",
                        s -> {
                            List<String> words = images(s);
                            s.write("pictures/left/0.png", "no picture");
                            return words;
                        },
                        "pictures/left/0.png: is no picture that can be read; convert it to PNG"),
                BadInput.of(
                        "pictures of one class",
                        s -> {
                            for (int i = 0; i < 6; i++) {
                                s.write("one/left/" + i + ".png", Pictures.png(0, i));
                            }
                            return images(s, "/pictures", "/one");
                        },
                        "data.train: all rows have the same class, \"left\"; a classifier needs at least two"),
                BadInput.of(
                        "pictures to judge by of a class that is not learnt",
                        s -> {
                            s.write("test/up/0.png", Pictures.png(0, 1));
                            return images(s, "size: 8}", "size: 8, test: \"" + s.path("test") + "\"}");
                        },
                        "test/up: is none of the known classes (left, right)"),
                BadInput.of(
                        "an idx file without labels beside it (found by `--check` too)",
                        s -> {
                            Pictures.idx(s, "train", 2);
                            s.without("train-labels.idx");
                            return checked(images(s, "/pictures", "/train-images.idx"));
                        },
                        "train-labels.idx: there is no such file"),
                BadInput.of(
                        "a file that is no idx file of images",
                        s -> images(s, "/pictures", "/pixels.bin"),
                        "pixels.bin: is no directory, and no idx file of images by its name"),
                BadInput.of(
                        "images of another shape than those that the model has learnt",
                        s -> {
                            s.imageModel("m");
                            return images(
                                    s,
                                    "{architecture: {type: convnet, width: 4, depth: 1}}",
                                    "{name: \"" + s.path("m") + "\"}");
                        },
                        "data: these images are [3, 8, 8], and those that the model has learnt are [1, 4, 4] (channels, height,"
                                + " width)"),
                BadInput.of(
                        "a text for a model of images",
                        s -> List.of("predict", s.imageModel("m").path("m").toString(), "--text", "the cat"),
                        "--text: this model reads images; give --image, or --input with a directory of pictures"),
                BadInput.of(
                        "a picture for a model of texts",
                        s -> List.of("predict", s.classifier("c").path("c").toString(), "--image", "a.png"),
                        "--image: this model reads texts; give --text, or --input with a file of them"),
                BadInput.of(
                        "a picture that is not there",
                        s -> List.of("predict", s.imageModel("m").path("m").toString(), "--image", "none.png"),
                        "none.png: there is no such file"),
                BadInput.of(
                        "a model of images that does not say of what size",
                        s -> {
                            Pictures.folders(s, "pictures", 1);
                            s.imageModel("m").without("m/preprocessor_config.json");
                            return List.of(
                                    "predict",
                                    s.path("m").toString(),
                                    "--input",
                                    s.path("pictures/left").toString());
                        },
                        "m: has no preprocessor_config.json, which says of what size its images are"),
                BadInput.of(
                        "an image processor of a family that is not read",
                        s -> {
                            Pictures.folders(s, "pictures", 1);
                            s.imageModel("m")
                                    .write(
                                            "m/preprocessor_config.json",
                                            "{\"image_processor_type\": \"BeitImageProcessor\"}");
                            return List.of(
                                    "predict",
                                    s.path("m").toString(),
                                    "--image",
                                    s.path("pictures/left/0.png").toString());
                        },
                        "m/preprocessor_config.json: image_processor_type: \"BeitImageProcessor\" is not allowed; expected that of"
                                + " a model that is read here: Bit, CLIP, ConvNext, DeiT, ViT"));
    }

    /** The words that run a recipe on pictures after changes in it. */
    private static List<String> images(Sandbox sandbox, String... changes) {
        Pictures.folders(sandbox, "pictures", 6);
        sandbox.write(
                "recipe.yaml", RECIPE.replace("@", sandbox.root().toString().replace('\\', '/')));
        return sandbox.recipe(changes);
    }

    private static List<String> checked(List<String> words) {
        return List.of(words.get(0), words.get(1), "--check");
    }
}
