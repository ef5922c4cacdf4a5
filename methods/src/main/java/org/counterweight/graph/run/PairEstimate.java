package org.counterweight.graph.run;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** How links between classes are compared: in a recipe {@code estimate}, by the names of {@link PairEstimates}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
public interface PairEstimate {
    /**
     * What was found. Rows are the receiver's class, columns the sender's.
     *
     * @param ratio by which messages are multiplied, {@code float64 [C, C]}
     * @param source the probability of an edge in the source, {@code float64 [C, C]}; NaN where a class has no nodes
     * @param target that in the target, by the classes that were told
     * @param classWeights by which classes count in the loss, {@code float64 [C]}; null for all the same
     */
    record Found(
            Tensor ratio,
            Tensor source,
            Tensor target,
            @Nullable Tensor classWeights) {}

    /**
     * Compares them.
     *
     * @param told the likeliest classes of the target's nodes, {@code int64 [m]}
     * @param target the probabilities of classes of the target's nodes, {@code float64 [m, C]}
     * @param source those of the source's, if they are asked for
     */
    Found compare(DomainEdges edges, Tensor told, Tensor target, Supplier<Tensor> source);

    /** Whether edges are weighed at all. */
    default boolean weighs() {
        return true;
    }
}
