package org.counterweight.distill.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.Configs;
import org.counterweight.distill.OuterStep;
import org.counterweight.distill.SyntheticSet;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.train.state.Checkpoint;
import org.counterweight.train.state.TrainingException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Where a distillation stands. Owns its tensors; every draw comes from the number of the step, so that no generator is kept. */
final class DistillationState implements AutoCloseable {
    private static final String SETTINGS = "settings";
    private static final String LOOKS = "looks";
    private static final String IMAGES = "images";
    private static final String RATE = "rate";
    private static final String LABELS = "labels";
    private static final String IMAGE_VELOCITY = "image_velocity";
    private static final String RATE_VELOCITY = "rate_velocity";
    private static final String BEST = "best.";
    private static final String SNAPSHOT = "snapshots/";
    private static final String LOSSES = "losses";

    final List<Double> losses = new ArrayList<>();
    final List<Look> looks = new ArrayList<>();
    int halvings;
    int inARow;
    int discarded;
    int floored;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    static DistillationState of(Tensor images, Tensor labels, Tensor rate) {
        var state = new DistillationState();
        state.put(IMAGES, images);
        state.put(LABELS, labels);
        state.put(RATE, rate);
        return state;
    }

    private void put(String name, @Nullable Tensor tensor) {
        try (var scope = Scope.open()) {
            Tensor old = tensor == null
                    ? tensors.remove(name)
                    : tensors.put(name, Scope.own(tensor.detach().clone()));
            if (old != null) {
                old.close();
            }
        }
    }

    private Tensor get(String name) {
        return Objects.requireNonNull(tensors.get(name), name);
    }

    /** Steps taken. */
    int iteration() {
        return losses.size();
    }

    OuterStep.State outer() {
        return new OuterStep.State(get(IMAGES), get(RATE), tensors.get(IMAGE_VELOCITY), tensors.get(RATE_VELOCITY));
    }

    void moveTo(OuterStep.State state, @Nullable Tensor labels) {
        put(IMAGES, state.images());
        put(RATE, state.rate());
        put(IMAGE_VELOCITY, state.imageVelocity());
        put(RATE_VELOCITY, state.rateVelocity());
        if (labels != null) {
            put(LABELS, labels);
        }
    }

    SyntheticSet set() {
        return new SyntheticSet(get(IMAGES), get(LABELS), get(RATE));
    }

    /** The best of all looks: the earlier of equal ones. */
    Look best() {
        Look best = looks.get(0);
        for (Look look : looks) {
            best = look.accuracy() > best.accuracy() ? look : best;
        }
        return best;
    }

    void look(Look look) {
        put(SNAPSHOT + looks.size(), get(IMAGES));
        looks.add(look);
        if (best() == look) {
            for (String name : List.of(IMAGES, LABELS, RATE)) {
                put(BEST + name, get(name));
            }
        }
    }

    /** The result, of the open scope. */
    Distilled distilled() {
        try (var scope = Scope.open()) {
            var snapshots = new TensorVector();
            for (int i = 0; i < looks.size(); i++) {
                snapshots.push_back(get(SNAPSHOT + i));
            }
            var best = new SyntheticSet(
                    scope.keep(get(BEST + IMAGES).clone()),
                    scope.keep(get(BEST + LABELS).clone()),
                    scope.keep(get(BEST + RATE).clone()));
            return new Distilled(
                    best,
                    best(),
                    looks,
                    losses.stream().mapToDouble(Double::doubleValue).toArray(),
                    scope.keep(torch.stack(snapshots, 0)),
                    discarded,
                    floored);
        }
    }

    void write(Path file, ObjectNode settings) {
        try (var scope = Scope.open()) {
            ObjectNode said = Configs.JSON.createObjectNode();
            said.set(SETTINGS, settings);
            said.set(LOOKS, Configs.JSON.valueToTree(looks));
            said.put("halvings", halvings).put("in_a_row", inARow);
            said.put("discarded", discarded).put("floored", floored);
            var all = new LinkedHashMap<>(tensors);
            all.put(
                    LOSSES,
                    Tensors.doubles(
                            losses.stream().mapToDouble(Double::doubleValue).toArray()));
            new Checkpoint(said, iteration(), all).write(file);
        }
    }

    /** @throws TrainingException if it was written under other settings */
    static DistillationState read(Path file, ObjectNode settings) {
        try (var scope = Scope.open()) {
            Checkpoint checkpoint = Checkpoint.read(file);
            ObjectNode said = checkpoint.config();
            if (!said.path(SETTINGS).toString().equals(settings.toString())) {
                throw new TrainingException(
                        file + ": was written under other settings; resume with the same, or start anew");
            }
            var state = new DistillationState();
            checkpoint.tensors().forEach((name, tensor) -> {
                if (!name.equals(LOSSES)) {
                    state.put(name, tensor);
                }
            });
            for (double loss : Tensors.toDoubles(
                    Objects.requireNonNull(checkpoint.tensors().get(LOSSES)))) {
                state.losses.add(loss);
            }
            for (JsonNode look : said.path(LOOKS)) {
                state.looks.add(Configs.JSON.treeToValue(look, Look.class));
            }
            state.halvings = said.path("halvings").asInt();
            state.inARow = said.path("in_a_row").asInt();
            state.discarded = said.path("discarded").asInt();
            state.floored = said.path("floored").asInt();
            return state;
        }
    }

    @Override
    public void close() {
        tensors.values().forEach(Tensor::close);
    }
}
