package org.counterweight.cli;

import java.util.List;

/** What joins a run and is chosen by name: schedules, samplers, averages, metrics, augmentations; {@code --check} tells. */
final class BadTraining {
    private BadTraining() {}

    static List<BadInput> all() {
        return List.of(
                BadInput.of(
                        "a schedule that there is not",
                        s -> training(s, "schedule: cosinus"),
                        "train.schedule: \"cosinus\" is unknown; did you mean \"cosine\"?"),
                BadInput.of(
                        "milestones without places",
                        s -> training(s, "schedule: milestones"),
                        "train.schedule.at is missing; give when the rate is multiplied"),
                BadInput.of(
                        "milestones out of order",
                        s -> training(s, "schedule: {shape: milestones, at: [60, 30]}"),
                        "train.schedule.at: [60, 30] is not allowed; expected rising integers above 0, such as [30, 60]"),
                BadInput.of(
                        "a sampler with a power beyond 1",
                        s -> training(s, "sampler: {kind: class_balanced, power: 2}"),
                        "train.sampler.power: 2.0 is not allowed; expected a number in [0, 1] (0 or 0.5 is usual)"),
                BadInput.of(
                        "classes drawn where there are none",
                        s -> s.recipe("train:\n", "task: masked_lm\ntrain:\n  sampler: class_balanced\n"),
                        "train.sampler draws by classes, and task: masked_lm has none; leave it out"),
                BadInput.of(
                        "classes counted where there are none",
                        s -> s.recipe("train:\n", "task: masked_lm\ntrain:\n  metrics: [balanced_accuracy]\n"),
                        "train.metrics: balanced_accuracy counts classes, and task: masked_lm has none; leave it out"),
                BadInput.of(
                        "the best by a figure that is not measured",
                        s -> training(s, "best_by: balanced_accuracy"),
                        "train.best_by: \"balanced_accuracy\" is not allowed; expected one of loss, perplexity, accuracy,"
                                + " macro_f1, micro_f1, exact_match, rmse, pearson,"
                                + " spearman, entity_f1, entity_precision, entity_recall, word_accuracy, or a figure of train.metrics"),
                BadInput.of(
                        "bounds of shots that cross",
                        s -> training(s, "metrics: [{kind: shot_accuracy, many: 10}]"),
                        "train.metrics.many: 10 is not allowed; expected an integer of at least few, which is 20"),
                BadInput.of(
                        "an average that never moves",
                        s -> training(s, "average: {kind: ema, decay: 1}"),
                        "train.average.decay: 1.0 is not allowed; expected a number in (0, 1) (0.99 to 0.9999 is usual)"),
                BadInput.of(
                        "an average of merges",
                        s -> s.recipe(
                                "adapter:\n  method: bone\n  r: 2\n  targets: [query]\n",
                                "stock: {}\n",
                                "train:\n",
                                "train:\n  average: ema\n"),
                        "train.average does not go with stock: the merges of Model Stock are averages of their own"),
                BadInput.of(
                        "more processes than rows in a batch",
                        s -> s.recipe("model:\n", "processes: 16\nmodel:\n"),
                        "processes: 16 each take some rows of a batch, and train.batch_size: 8 has fewer; take larger"
                                + " batches, or fewer processes"),
                BadInput.of(
                        "processes beyond all measure",
                        s -> s.recipe("model:\n", "processes: 65\nmodel:\n"),
                        "processes: 65 is not allowed; expected an integer from 1 to 64"),
                BadInput.of(
                        "processes on another device",
                        s -> s.recipe("model:\n", "processes: 2\ndevice: cuda\nmodel:\n"),
                        "processes: 2 share the threads of a processor, and device: cuda is none; leave one of them out"),
                BadInput.of(
                        "processes that would share the steps of one model of several",
                        s -> s.recipe(
                                "adapter:\n  method: bone\n  r: 2\n  targets: [query]\n", "processes: 2\nstock: {}\n"),
                        "processes: 2 each take some rows of a batch, and stock trains several models in turn, of which the"
                                + " processes would share the steps of one alone; leave one of them out"),
                BadInput.of(
                        "processes and batch normalisation",
                        s -> {
                            s.write("recipe.yaml", """
                                    task: image_classification
                                    processes: 2
                                    model: {architecture: {type: convnet}}
                                    data: {train: "%s/pictures"}
                                    """.formatted(
                                            s.root().toString().replace('\\', '/')));
                            return s.run();
                        },
                        "processes: 2 each take some rows of a batch, and model.architecture: convnet normalises by all of"
                                + " them; take norm: instance or none, or leave processes out"),
                BadInput.of(
                        "texts cut as if they were images",
                        s -> s.recipe("max_length", "augment: [{kind: crop, padding: 4}]\n  max_length"),
                        "data.augment[0] changes pixel_values, and texts have none; leave it out, or give data.kind: images and"
                                + " a task for them"));
    }

    private static List<String> training(Sandbox sandbox, String setting) {
        return sandbox.recipe("train:\n", "train:\n  " + setting + "\n");
    }
}
