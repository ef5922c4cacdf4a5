package org.counterweight.incremental.sequence;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.data.BatchSource;
import org.counterweight.data.LabelledDataset;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.incremental.run.GrowthStep;
import org.counterweight.model.Model;
import org.counterweight.model.part.LinearHead;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.augment.Augmentation;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A classifier that learns a data set's classes task by task, each from the rows of its own classes and those that were kept:
 * {@link GrowthStep}s one after the other.
 *
 * @param model with a linear head, for any number of classes
 * @param start weights to begin with, by the model's names; those of the head are passed over
 * @param learnt the rows to learn from, of all classes
 * @param judged the rows to judge by
 * @param train of each task; its schedule begins anew with each
 * @param augment how rows are changed before they are learnt from
 */
public record TaskSequence(
        SequenceConfig config,
        Model model,
        Map<String, Tensor> start,
        LabelledDataset learnt,
        LabelledDataset judged,
        TrainConfig train,
        List<Augmentation> augment) {
    /** Where the sequence stands after a task. */
    public static final String STATE = "sequence.safetensors";

    private static final String TRAINING = "task-%d.safetensors";

    /** The name of the checkpoint inside a task. */
    private static Path training(Path directory, int task) {
        return directory.resolve(TRAINING.formatted(task));
    }

    /** All files that a sequence keeps while it goes on, and takes away at its end. */
    public List<String> files() {
        var files = new ArrayList<String>(List.of(STATE));
        IntStream.range(0, config.tasks()).forEach(task -> files.add(TRAINING.formatted(task)));
        return files;
    }

    /**
     * Learns all tasks, or goes on after the last that was finished.
     *
     * @param directory where states are kept, and found; null for nowhere
     * @return of the open scope
     */
    public SequenceResult run(@Nullable Path directory, GrowthStep.Following following) {
        List<String> names = learnt.labelNames();
        int[] order = config.classes(names);
        List<Integer> sizes = config.sizes(order.length);
        int[] places = new int[order.length];
        for (int place = 0; place < order.length; place++) {
            places[order[place]] = place;
        }
        List<String> labels = Arrays.stream(order).mapToObj(names::get).toList();
        try (var state = begun(directory)) {
            int known = state.classes();
            boolean interrupted = false;
            for (int task = state.results.size(); task < sizes.size() && !interrupted; task++) {
                try (var scope = Scope.open()) {
                    int classes = known + sizes.get(task);
                    interrupted = !new SequenceTask(this, state, places, labels.subList(0, classes), sizes, task)
                            .learn(directory == null ? null : training(directory, task), following);
                    known = interrupted ? known : classes;
                }
                if (directory != null && !interrupted) {
                    state.write(directory.resolve(STATE), settings());
                    delete(training(directory, task));
                }
            }
            var weights = new LinkedHashMap<String, Tensor>();
            state.weights.forEach((name, tensor) -> weights.put(name, tensor.clone()));
            state.answers.forEach((name, tensor) -> weights.put(name, tensor.clone()));
            return new SequenceResult(
                    List.copyOf(state.results),
                    labels.subList(0, known),
                    weights,
                    List.copyOf(state.exemplars),
                    interrupted);
        }
    }

    /** What training sees of batches: itself, or what augmentation makes of them. */
    UnaryOperator<BatchSource> seen(Seed seed) {
        return batches -> Augmentation.over(batches, augment, seed);
    }

    private SequenceState begun(@Nullable Path directory) {
        Path file = directory == null ? null : directory.resolve(STATE);
        if (file != null && Files.exists(file)) {
            return SequenceState.read(file, settings());
        }
        String head = LinearHead.name(model, "grow");
        var body = new LinkedHashMap<>(start);
        body.keySet().removeIf(name -> name.startsWith(head + "."));
        return SequenceState.of(body);
    }

    private ObjectNode settings() {
        ObjectNode settings = Configs.JSON.createObjectNode();
        settings.set("grow", Configs.tree(config));
        ObjectNode training = Configs.tree(train);
        training.remove("checkpoint_every");
        settings.set("train", training);
        return (ObjectNode) Configs.JSON.readTree(settings.toString()); // as it is when it is read back
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be deleted: " + e.getMessage(), e);
        }
    }
}
