package org.counterweight.train.measure;

import java.util.List;
import java.util.Map;
import org.counterweight.model.Batch;
import org.counterweight.train.objective.Objective.Losses;

/** Figures of one evaluation, gathered batch by batch. */
public interface Metric {
    /** Takes in a batch; its tensors are freed afterwards. */
    void add(Losses losses, Batch batch);

    /** How each of several kinds fared, where what is told is of kinds that no row has one of; else none. */
    default List<Confusion.PerClass> parts() {
        return List.of();
    }

    /** The figures by name; one that is not defined for these rows is left out. */
    Map<String, Double> figures();
}
