package org.counterweight.train;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.train.group.LostProcessException;
import org.counterweight.train.state.Checkpoint;
import org.counterweight.train.state.Remembering;
import org.counterweight.train.state.TrainingException;
import org.counterweight.weights.WeightsException;
import org.jspecify.annotations.Nullable;

/**
 * What a resumed run must find again, and the file that keeps it.
 *
 * @param file in {@code .safetensors}; null if none is written
 * @param moved what training moves, by name: the live tensors
 * @param memories whatever else remembers, by the name under which it is saved
 */
record RunState(@Nullable Path file, TrainConfig config, Map<String, Tensor> moved, Map<String, Remembering> memories) {
    private static final String AT = "at";
    private static final String WEIGHTS = "weights/";

    /**
     * Where a run stands.
     *
     * @param step steps taken
     * @param epoch to go on in
     * @param batch the place in it of the next batch
     */
    record Place(long step, int epoch, int batch) {}

    RunState {
        memories = Collections.unmodifiableMap(new LinkedHashMap<>(memories));
    }

    /** All of it, by {@code owner/name}. */
    Map<String, Tensor> tensors(Place place) {
        var state = new LinkedHashMap<String, Tensor>();
        state.put(AT, Tensors.longs(new long[] {place.step(), place.epoch(), place.batch()}));
        moved.forEach((name, tensor) -> state.put(WEIGHTS + name, tensor.detach()));
        memories.forEach(
                (owner, memory) -> memory.state().forEach((name, tensor) -> state.put(owner + "/" + name, tensor)));
        return state;
    }

    /** Takes all of it up. */
    Place restore(Map<String, Tensor> state) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            moved.forEach((name, tensor) -> {
                Tensor value = Remembering.required(state, WEIGHTS + name);
                if (!Arrays.equals(Tensors.shape(value), Tensors.shape(tensor))) {
                    throw new TrainingException((file == null ? "the saved state" : file) + ": " + name + " is "
                            + Arrays.toString(Tensors.shape(value)) + ", the run's is "
                            + Arrays.toString(Tensors.shape(tensor)));
                }
                tensor.copy_(value);
            });
            memories.forEach((owner, memory) -> memory.restore(Checkpoint.of(state, owner)));
            long[] at = Tensors.toLongs(Remembering.required(state, AT));
            return new Place(at[0], Math.toIntExact(at[1]), Math.toIntExact(at[2]));
        }
    }

    /**
     * Takes up what the file holds.
     *
     * @return null if there is no file
     * @throws TrainingException if it is of a run with other settings or other trainables
     */
    @Nullable
    Place read() {
        if (file == null || !Files.exists(file)) {
            return null;
        }
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Checkpoint checkpoint = Checkpoint.read(file);
            SavedSettings.check(file, checkpoint.config(), config);
            return restore(checkpoint.tensors());
        }
    }

    /** Writes the file, if there is to be one, and tells it. */
    void write(Place place, TrainingListener listener) {
        if (file == null) {
            return;
        }
        try (var scope = Scope.open()) {
            new Checkpoint(Configs.tree(config), place.step(), tensors(place)).write(file);
        } catch (UncheckedIOException | WeightsException e) {
            throw new TrainingException(
                    "after step " + place.step() + " no checkpoint could be written; "
                            + (Files.exists(file) ? "the one before it is whole: " : "there is none: ")
                            + e.getMessage(),
                    e);
        }
        listener.saved(place.step(), file);
    }

    /** Copies of what one of the memories holds now, of the open scope; none where there is no such memory. */
    Map<String, Tensor> copied(String owner) {
        var copies = new LinkedHashMap<String, Tensor>();
        Remembering memory = memories.get(owner);
        if (memory != null) {
            memory.state().forEach((name, tensor) -> copies.put(name, tensor.clone()));
        }
        return copies;
    }

    /** Puts such copies back. */
    void restored(String owner, Map<String, Tensor> copies) {
        Remembering memory = memories.get(owner);
        if (memory != null) {
            memory.restore(copies);
        }
    }

    /**
     * What ends a run that has lost a process in the middle of a step: nothing has moved since the step before, so a checkpoint
     * can still be written.
     *
     * @param isWhole whether the memories stand as they did after the step before
     */
    TrainingException lost(LostProcessException cause, Place place, boolean isWhole, TrainingListener listener) {
        String remedy = "go on from the last checkpoint with --resume, or start anew";
        if (isWhole && file != null) {
            write(place, listener);
            remedy = "a checkpoint of the " + place.step() + " steps before is written: go on from it with --resume, in"
                    + " as many processes as you like";
        }
        return new TrainingException("step " + (place.step() + 1) + ": " + cause.getMessage() + "; " + remedy, cause);
    }
}
