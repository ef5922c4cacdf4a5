package org.counterweight.cli;

import java.util.ArrayList;
import java.util.List;

/** Images that cannot be distilled. */
final class BadDistillations {
    private static final String RECIPE = """
            threads: 1
            model: {architecture: {type: convnet, width: 4, depth: 1, norm: instance}}
            data: {train: examples/data/digits/source1-images-idx3-ubyte.gz}
            distill:
              ipc: 1
              iterations: 8
              syn_steps: 2
              max_start_epoch: 1
              experts: {count: 1, epochs: 2}
              trial: {networks: 1, epochs: 2}
              baselines: []
            output: {directory: "@/out"}
            """;

    private BadDistillations() {}

    static List<BadInput> all() {
        return List.of(
                BadInput.of(
                        "a recipe without a section distill",
                        s -> List.of("distill", s.path("recipe.yaml") + ""),
                        "distill is missing; how images are distilled is told there"),
                BadInput.of(
                        "texts",
                        s -> distill(s, "threads: 1", "task: text_classification"),
                        "task: \"text_classification\" is not allowed"),
                BadInput.of(
                        "a way that there is not",
                        s -> distill(s, "ipc: 1", "method: mttt"),
                        "distill.method: \"mttt\" is not allowed; expected one of ast, mtt"),
                BadInput.of(
                        "no image a class",
                        s -> distill(s, "ipc: 1", "ipc: 0"),
                        "distill.ipc: 0 is not allowed; expected an integer of at least 1"),
                BadInput.of(
                        "more images a class than there are",
                        s -> distill(s, "ipc: 1", "ipc: 40"),
                        "distill.ipc: 40 images a class are asked for, and class 0 has"),
                BadInput.of(
                        "a stretch beyond an expert's epochs",
                        s -> distill(s, "max_start_epoch: 1", "max_start_epoch: 5"),
                        "a stretch of expert_epochs: 2 that begins before max_start_epoch: 5 does not lie within"
                                + " experts.epochs: 2"),
                BadInput.of(
                        "momentum where states are constants",
                        s -> distill(s, "ipc: 1", "engine: tesla"),
                        "distill.engine: tesla has neither inner momentum (0.9) nor terms in the middle (agg)"),
                BadInput.of(
                        "a change of images that there is not",
                        s -> distill(s, "ipc: 1", "dsa_strategy: color_blur"),
                        "distill.dsa_strategy: \"blur\" is not allowed; expected some of color, crop"),
                BadInput.of(
                        "statistics that no trajectory holds",
                        s -> distill(s, "norm: instance", "norm: batch"),
                        "has running statistics, which no trajectory of weights holds; take a model with instance"),
                BadInput.of(
                        "a model that there is",
                        s -> distill(
                                s,
                                "architecture: {type: convnet, width: 4, depth: 1, norm: instance}",
                                "name: \"@/model\""),
                        "model.architecture is missing; images are distilled for networks that begin at random"),
                BadInput.of(
                        "a network of which the memory is not known",
                        s -> distill(s, "type: convnet, width: 4, depth: 1", "type: resnet, width: 4, depths: [1]"),
                        "images are distilled with convnet or mlp, of which the memory is known beforehand"),
                BadInput.of(
                        "more memory than is allowed",
                        s -> distill(s, "ipc: 1", "memory: 0.00001"),
                        "distill: takes about",
                        "and distill.memory allows 10 kB; take engine: sweep"),
                BadInput.of(
                        "settings of a training that there is not",
                        s -> distill(s, "threads: 1", "train: {lr: 0.1}"),
                        "train.lr: experts and trials are trained as distill.experts and distill.trial say"),
                BadInput.of(
                                "a learned rate that diverges",
                                s -> distill(s, "ipc: 1", "lr_teacher: 1e25"),
                                "no number 5 times in a row, at a learned rate of 1.00e+25; lower distill.lr_lr")
                        .inTheWork(),
                BadInput.of(
                        "a distilled set that is none",
                        s -> s.recipeOf("""
                                task: image_classification
                                model: {architecture: {type: convnet, width: 4, depth: 1}}
                                data: {train: examples/data/digits/source1-images-idx3-ubyte.gz, distilled: "@/model"}
                                output: {directory: "@/out"}
                                """),
                        "data.distilled: ",
                        "has no distilled.safetensors; name the directory set of what cw distill wrote"),
                BadInput.of(
                        "to go on with nothing",
                        s -> {
                            var words = new ArrayList<>(distill(s, "ipc: 1", "ipc: 1"));
                            words.add("--resume");
                            return words;
                        },
                        "has no recipe.yaml to resume from; start without --resume"));
    }

    private static List<String> distill(Sandbox sandbox, String good, String bad) {
        if (!RECIPE.contains(good)) {
            throw new IllegalArgumentException(good);
        }
        sandbox.write(
                "distill.yaml",
                RECIPE.replace(good, bad).replace("@", sandbox.root().toString().replace('\\', '/')));
        return List.of("distill", sandbox.path("distill.yaml") + "");
    }
}
