package org.counterweight.merge.update;

import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.engine.Tensors.slice;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.train.event.Moment;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.weights.WeightsException;

/**
 * The rows of a classifier when an update adds classes: a smaller old head grows, rows of new classes start afresh, rows of
 * old ones stand still while the new ones are trained.
 *
 * @param classifier the module whose weight and bias have one row a class
 */
public record ClassifierHead(String classifier, List<Integer> newLabelIds) {
    public ClassifierHead {
        newLabelIds = List.copyOf(newLabelIds);
        if (newLabelIds.isEmpty()) {
            throw new WeightsException("new_label_ids is empty: an update that adds classes must name them");
        }
    }

    private List<String> names(Map<String, Tensor> weights) {
        if (!weights.containsKey(classifier + ".weight")) {
            throw new WeightsException("the model has no " + classifier + ".weight, whose rows are the classes");
        }
        return weights.containsKey(classifier + ".bias")
                ? List.of(classifier + ".weight", classifier + ".bias")
                : List.of(classifier + ".weight");
    }

    private static Tensor get(Map<String, Tensor> weights, String name) {
        return Objects.requireNonNull(weights.get(name), name);
    }

    private Tensor rows(Tensor tensor, boolean isNew) {
        long classes = tensor.size(0);
        for (int id : newLabelIds) {
            if (id < 0 || id >= classes) {
                throw new WeightsException(
                        "new_label_ids: " + id + ", but " + classifier + " has the classes 0 to " + (classes - 1));
            }
        }
        return longs(LongStream.range(0, classes)
                .filter(row -> newLabelIds.contains((int) row) == isNew)
                .toArray());
    }

    /**
     * The old model with the new one's rows behind its own, where its head is smaller; the rest is shared.
     *
     * @param old by name, whose head has {@code [old classes, width]}
     * @param updated by the same names, whose head has {@code [classes, width]}, the old classes first
     */
    public Map<String, Tensor> grown(Map<String, Tensor> old, Map<String, Tensor> updated) {
        var grown = new LinkedHashMap<>(old);
        for (String name : names(old)) {
            Tensor before = get(old, name);
            Tensor after = get(updated, name);
            long[] tail = Tensors.shape(after);
            tail[0] = before.size(0);
            if (before.size(0) > after.size(0) || !Arrays.equals(tail, Tensors.shape(before))) {
                throw new WeightsException(name + ": " + Arrays.toString(Tensors.shape(before))
                        + " in the old model does not grow into " + Arrays.toString(Tensors.shape(after)));
            }
            Tensor added =
                    slice(after.detach(), 0, before.size(0), after.size(0)).to(before.scalar_type());
            grown.put(name, torch.cat(new TensorVector(before.detach(), added), 0));
        }
        return grown;
    }

    /**
     * Sets the rows of new classes to those of {@code initial}, in place: how an update begins.
     *
     * @param weights whose head has {@code [classes, width]}, as that of {@code initial} has
     */
    public void reset(Map<String, Tensor> weights, Map<String, Tensor> initial) {
        copyRows(weights, initial, true);
    }

    /**
     * Sets the rows of old classes to those of {@code old}, in place: after each optimizer step of an update.
     *
     * @param weights whose head has {@code [classes, width]}
     * @param old whose head has at least the rows of the old classes
     */
    public void restore(Map<String, Tensor> weights, Map<String, Tensor> old) {
        copyRows(weights, old, false);
    }

    /**
     * {@link #restore} after each step of a run: whatever gradient, moments and decay say, the rows of old classes do not move.
     *
     * @param old the weights that they keep; not changed, and to be kept by the caller as long as the run takes
     */
    public TrainingEvents holding(Map<String, Tensor> old) {
        return new TrainingEvents() {
            @Override
            public void afterStep(Moment moment) {
                restore(moment.params().weights(), old);
            }
        };
    }

    private void copyRows(Map<String, Tensor> to, Map<String, Tensor> from, boolean ofNewClasses) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            for (String name : new ArrayList<>(names(to))) {
                Tensor rows = rows(get(to, name), ofNewClasses);
                get(to, name).index_copy_(0, rows, get(from, name).index_select(0, rows));
            }
        }
    }
}
