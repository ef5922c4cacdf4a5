package org.counterweight.train.measure;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import org.counterweight.model.Model;

/** The settings of a metric: in a recipe one of {@code train.metrics}, by the names that {@link Metrics} lists. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
public interface MetricConfig {
    /** The names of its figures, none of which is one of {@link Evaluation#METRICS}. */
    List<String> figures();

    /** Whether a larger figure of that name is better. */
    default boolean largerIsBetter(String figure) {
        return true;
    }

    /** Whether it counts classes: then it has nothing to say about a {@link Model} that finds words. */
    default boolean needsClasses() {
        return true;
    }

    /**
     * A metric at the start of an evaluation.
     *
     * @param learnt how many rows of each class there are to learn from, each as often as it weighs; empty where rows have no
     *     classes
     */
    Metric create(List<Double> learnt);
}
