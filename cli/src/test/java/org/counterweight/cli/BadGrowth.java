package org.counterweight.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Classes that cannot be added. */
final class BadGrowth {
    private BadGrowth() {}

    static List<BadInput> growth() {
        return List.of(
                BadInput.of(
                        "no rows of new classes",
                        s -> List.of("grow", s.classifier("c").path("c") + "", "--output", s.path("out") + ""),
                        "Missing required option: '--data=<data>' to add classes to"),
                BadInput.of(
                        "a recipe that is not there",
                        s -> List.of("grow", s.path("tasks.yaml") + "", "--check"),
                        "tasks.yaml: there is no such recipe, nor a model's directory"),
                BadInput.of(
                        "classes that the model knows already",
                        s -> grow(s.classifier("c"), s.path("texts.csv") + ""),
                        "texts.csv: has rows of classes that the model knows already: animal, plant"),
                BadInput.of(
                        "a model without a head",
                        s -> grow(s.model("c", "BertModel", Map.of()), fresh(s)),
                        "has no classification head"),
                BadInput.of(
                        "a head of another size than the names of its classes",
                        s -> grow(
                                s.classifier("c")
                                        .spoil("c/config.json", "\"1\":\"plant\"", "\"1\":\"plant\",\"2\":\"stone\""),
                                fresh(s)),
                        "names 3 classes, but classifier.weight in",
                        "has rows for 2"),
                BadInput.of(
                        "exemplars of another model",
                        s -> {
                            s.classifier("c");
                            s.write("c/exemplars.jsonl", "{\"text\": \"the cat\", \"label\": \"stone\"}\n");
                            return grow(s, fresh(s));
                        },
                        "exemplars.jsonl:1: the class \"stone\" is none of the model's (animal, plant)"),
                BadInput.of(
                        "pictures for a model of texts",
                        s -> {
                            Pictures.folders(s, "pictures", 2);
                            return grow(s.classifier("c"), s.path("pictures") + "");
                        },
                        "pictures: has pictures, but",
                        "tells classes of texts; name a file of rows"),
                BadInput.of(
                        "pictures beside which no classes lie",
                        s -> {
                            Pictures.idx(s, "train", 2);
                            s.without("train-labels.idx");
                            return grow(s.classifier("c"), s.path("train-images.idx") + "");
                        },
                        "train-labels.idx: there is no such file, which has the classes of"),
                BadInput.of(
                        "fewer rows kept than classes",
                        s -> grow(
                                s.classifier("c"),
                                fresh(s),
                                "--set",
                                "grow.memory.total=2",
                                "--set",
                                "grow.memory.per_class=null"),
                        "memory.total: 2 rows are not one for each of 3 classes"),
                BadInput.of(
                        "a way that there is not",
                        s -> grow(s.classifier("c"), fresh(s), "--set", "grow.method=ewc"),
                        "grow.method: \"ewc\" is not allowed; expected one of wa, finetune"),
                BadInput.of(
                        "all rows of a served model",
                        s -> grow(s.classifier("c"), fresh(s), "--set", "grow.method=joint"),
                        "grow.method: joint learns all rows of all classes"),
                BadInput.of(
                        "a temperature of nothing",
                        s -> grow(s.classifier("c"), fresh(s), "--set", "grow.temperature=0"),
                        "grow.temperature: 0.0 is not allowed; expected a number above 0"),
                BadInput.of(
                        "a section that growing has not",
                        s -> grow(s.classifier("c"), fresh(s), "--set", "growth.norm=1"),
                        "growth is unknown; did you mean \"grow\"?"),
                BadInput.of(
                        "means of classes that nothing is kept of",
                        s -> grow(s.classifier("c"), fresh(s), "--set", "grow.method=icarl", "--set", "train.epochs=1"),
                        "grow.method: icarl answers by the mean of each class's kept rows, and 2 classes have none"),
                BadInput.of(
                        "an output that would replace the served model",
                        s -> {
                            s.classifier("out");
                            return List.of(
                                    "grow",
                                    s.path("out") + "",
                                    "--data",
                                    fresh(s),
                                    "--output",
                                    s.path("out") + "",
                                    "--overwrite");
                        },
                        "out is an input, "),
                BadInput.of(
                        "a recipe without tasks", s -> List.of("grow", s.path("recipe.yaml") + ""), "grow is missing"),
                BadInput.of(
                        "classes of what has none",
                        s -> sequence(s.spoil("recipe.yaml", ADAPTER, "task: causal_lm\n"), "grow: {tasks: 2}"),
                        "task: \"causal_lm\" is not allowed; expected text_classification, image_classification or"
                                + " table_classification where classes are added"),
                BadInput.of(
                        "tasks with an adapter",
                        s -> sequence(s, "grow: {tasks: 2}"),
                        "grow trains all weights of each task with a loss of its own; leave adapter"),
                BadInput.of(
                        "more tasks than classes",
                        s -> sequence(s.spoil("recipe.yaml", ADAPTER, ""), "grow: {tasks: 3}"),
                        "grow.tasks: 3 tasks need a class each, and the data has 2 classes"),
                BadInput.of(
                        "an order of other classes",
                        s -> sequence(s.spoil("recipe.yaml", ADAPTER, ""), "grow: {tasks: 2, order: [animal, plants]}"),
                        "grow.order: \"plants\" is no class of the data; did you mean \"plant\"?"));
    }

    private static final String ADAPTER = "adapter:\n  method: bone\n  r: 2\n  targets: [query]\n";

    private static String fresh(Sandbox sandbox) {
        return sandbox.write("new.csv", "text,label\n" + "sat sat,stone\n".repeat(8)) + "";
    }

    private static List<String> grow(Sandbox sandbox, String data, String... more) {
        var words = new ArrayList<>(List.of(
                "grow",
                sandbox.path("c") + "",
                "--data",
                data,
                "--max-length",
                "16",
                "--output",
                sandbox.path("out") + ""));
        words.addAll(List.of(more));
        return words;
    }

    private static List<String> sequence(Sandbox sandbox, String section) {
        sandbox.spoil("recipe.yaml", "train:\n  epochs", section + "\ntrain:\n  epochs");
        return List.of("grow", sandbox.path("recipe.yaml") + "");
    }
}
