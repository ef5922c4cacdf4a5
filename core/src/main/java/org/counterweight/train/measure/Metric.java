package org.counterweight.train.measure;

import java.util.Map;
import org.counterweight.model.Batch;
import org.counterweight.train.objective.Objective.Losses;

/** Figures of one evaluation, gathered batch by batch. */
public interface Metric {
    /** Takes in a batch; its tensors are freed afterwards. */
    void add(Losses losses, Batch batch);

    /** The figures by name; one that is not defined for these rows is left out. */
    Map<String, Double> figures();
}
