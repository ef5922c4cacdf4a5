package org.counterweight.train.measure;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.train.objective.Objective.Losses;

/**
 * Figures of one evaluation, gathered batch by batch. A row whose weight is a whole number counts as that many rows would, and
 * one of weight 0 not at all.
 */
public interface Metric {
    /**
     * Takes in a batch; its tensors are freed afterwards.
     *
     * @param weights how many rows each row stands for, {@code float64 [rows]}, none below 0
     */
    void add(Losses losses, Batch batch, Tensor weights);

    /** The same where each row stands for itself. */
    default void add(Losses losses, Batch batch) {
        add(losses, batch, torch.ones(new long[] {batch.rows()}, Tensors.options(ScalarType.Double)));
    }

    /** How each of several kinds fared, where what is told is of kinds that no row has one of; else none. */
    default List<Confusion.PerClass> parts() {
        return List.of();
    }

    /** The figures by name; one that is not defined for these rows is left out. */
    Map<String, Double> figures();
}
