package org.counterweight.jobs.recipe.foreign;

import java.util.Map;
import org.counterweight.config.Configs;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A settings file of PyCIL ({@code exps/wa.json}) as a recipe for {@code cw grow}. What PyCIL has in its code and not in the
 * file, rates and epochs, is that of its CIFAR-100 runs. The order of classes is drawn from the seed, but not PyCIL's: NumPy
 * draws otherwise; {@code --set grow.order=[…]} says one.
 */
final class PycilSettings {
    /** How many classes its data sets have. */
    private static final Map<String, Integer> CLASSES =
            Map.of("cifar10", 10, "cifar100", 100, "cifar224", 100, "imagenet100", 100, "imagenet1000", 1000);

    private static final Map<String, String> METHODS = Map.of(
            "wa", "{method: wa, preset: pycil}",
            "icarl", "{method: icarl}",
            "lwf", "{method: lwf}",
            "bic", "{method: bic}",
            "finetune", "{method: finetune}",
            "replay", "{method: replay}");

    private PycilSettings() {}

    static ObjectNode recipe(ForeignKeys file) {
        String dataset = file.word("dataset", "");
        Integer classes = CLASSES.get(dataset);
        if (classes == null) {
            throw file.wrong(
                    "dataset",
                    "one of "
                            + String.join(
                                    ", ", CLASSES.keySet().stream().sorted().toList())
                            + ", whose classes are counted; write the recipe yourself");
        }
        String network = file.word("convnet_type", "resnet32");
        if (!network.equals("resnet32")) {
            throw file.wrong("convnet_type", "resnet32; of another write the recipe's model yourself");
        }
        String method = METHODS.get(file.word("model_name", ""));
        if (method == null) {
            throw file.wrong("model_name", "wa, icarl, lwf, bic, finetune or replay");
        }
        if (!file.flag("shuffle")) {
            throw file.wrong("shuffle", "true; another order is said by grow.order");
        }
        ObjectNode recipe = Configs.yaml("""
            task: image_classification
            model: {architecture: {type: resnet, width: 16, depths: [5, 5, 5]}}
            train: {epochs: 170, batch_size: 128, lr: 0.1, warmup: 0, weight_decay: 5e-4,
              optimizer: {name: sgd, momentum: 0.9}}
            """, "PyCIL");
        ObjectNode grow = recipe.putObject("grow");
        int first = file.count("init_cls", 10);
        int each = file.count("increment", 10);
        int others = each < 1 ? -1 : (classes - first) / each;
        if (first < 1 || others < 1 || first + others * each != classes) {
            throw file.wrong("increment", "a number of classes that divides what init_cls leaves of " + classes);
        }
        grow.put("tasks", others + 1).put("base", first).put("first_epochs", 200);
        ObjectNode learn = Configs.yaml(method, "PyCIL");
        grow.set("learn", learn);
        memory(file, learn);
        JsonNode seed = file.single("seed", "run them one after another, each with --set train.seed=N");
        if (seed != null) {
            recipe.withObject("train").set("seed", seed);
            grow.set("order_seed", seed);
        }
        JsonNode device = file.single("device", "a run here is on one device");
        if (device != null) {
            String number = device.asString("");
            recipe.put("device", number.equals("-1") || number.equals("cpu") ? "cpu" : "cuda:" + number);
        }
        file.pass("prefix");
        file.done();
        return recipe;
    }

    private static void memory(ForeignKeys file, ObjectNode learn) {
        int total = file.count("memory_size", 2000);
        int each = file.count("memory_per_class", 20);
        ObjectNode memory = learn.putObject("memory");
        if (file.flag("fixed_memory")) {
            memory.put("per_class", each);
        } else {
            memory.put("total", total);
        }
    }
}
