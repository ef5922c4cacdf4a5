package org.counterweight.incremental.sequence;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.train.state.Checkpoint;
import org.counterweight.train.state.TrainingException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a sequence of tasks hands on from one to the next: weights, which rows are kept of each class, and what came of the
 * tasks so far. Owns its tensors.
 */
final class SequenceState implements AutoCloseable {
    private static final String RESULTS = "results";
    private static final String SETTINGS = "settings";

    final Map<String, Tensor> weights = new LinkedHashMap<>();
    /** The head that answers, where it is another than the one that is trained on; by the names of {@link #weights}. */
    final Map<String, Tensor> answers = new LinkedHashMap<>();
    /** Row numbers of each class in rank order, in the order of the sequence. */
    final List<int[]> exemplars = new ArrayList<>();

    final List<TaskResult> results = new ArrayList<>();

    /** Copies of these, for all but the head, which grows. */
    static SequenceState of(Map<String, Tensor> start) {
        var state = new SequenceState();
        try (var scope = Scope.open()) {
            start.forEach((name, tensor) ->
                    state.weights.put(name, Scope.own(tensor.detach().clone())));
        }
        return state;
    }

    /** Puts a copy in place of the tensor of that name. */
    static void put(Map<String, Tensor> into, String name, Tensor tensor) {
        try (var scope = Scope.open()) {
            Tensor old = into.put(name, Scope.own(tensor.detach().clone()));
            if (old != null) {
                old.close();
            }
        }
    }

    int classes() {
        return exemplars.size();
    }

    /** How many rows are kept. */
    int stored() {
        return exemplars.stream().mapToInt(rows -> rows.length).sum();
    }

    void write(Path file, ObjectNode settings) {
        try (var scope = Scope.open()) {
            ObjectNode said = Configs.JSON.createObjectNode();
            said.set(SETTINGS, settings);
            said.set(RESULTS, Configs.JSON.valueToTree(results));
            var tensors = new LinkedHashMap<String, Tensor>();
            weights.forEach((name, tensor) -> tensors.put("weights/" + name, tensor.detach()));
            answers.forEach((name, tensor) -> tensors.put("answers/" + name, tensor));
            for (int c = 0; c < exemplars.size(); c++) {
                tensors.put(
                        "exemplars/" + c,
                        Tensors.longs(
                                Arrays.stream(exemplars.get(c)).asLongStream().toArray()));
            }
            new Checkpoint(said, results.size(), tensors).write(file);
        }
    }

    /** @throws TrainingException if it was written under other settings */
    static SequenceState read(Path file, ObjectNode settings) {
        try (var scope = Scope.open()) {
            Checkpoint checkpoint = Checkpoint.read(file);
            if (!checkpoint.config().path(SETTINGS).toString().equals(settings.toString())) {
                throw new TrainingException(
                        file + ": was written under other settings; resume with the same, or start anew");
            }
            SequenceState state = of(Checkpoint.of(checkpoint.tensors(), "weights"));
            Checkpoint.of(checkpoint.tensors(), "answers").forEach((name, tensor) -> put(state.answers, name, tensor));
            for (JsonNode result : checkpoint.config().path(RESULTS)) {
                state.results.add(Configs.JSON.treeToValue(result, TaskResult.class));
            }
            Map<String, Tensor> kept = Checkpoint.of(checkpoint.tensors(), "exemplars");
            for (int c = 0; c < kept.size(); c++) {
                long[] rows = Tensors.toLongs(Objects.requireNonNull(kept.get(String.valueOf(c))));
                state.exemplars.add(
                        Arrays.stream(rows).mapToInt(Math::toIntExact).toArray());
            }
            return state;
        }
    }

    @Override
    public void close() {
        weights.values().forEach(Tensor::close);
        answers.values().forEach(Tensor::close);
    }
}
