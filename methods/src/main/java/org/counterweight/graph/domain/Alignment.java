package org.counterweight.graph.domain;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Seed;
import org.counterweight.model.Params;
import org.jspecify.annotations.Nullable;

/** How source and target are brought together in training: in a recipe {@code alignment}, by the names of {@link Alignments}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
public interface Alignment {
    /**
     * A step, as a gap between domains sees it.
     *
     * @param beside the weights of {@link #shapes}
     * @param epoch counted from 0
     * @param epochs of the whole run
     * @param seed the step's
     */
    record Step(Params beside, int epoch, int epochs, Seed seed) {}

    /**
     * What is known of the nodes of a domain.
     *
     * @param embeddings {@code [nodes, width]}
     * @param logits {@code [nodes, C]}
     */
    record Sight(Tensor embeddings, Tensor logits) {}

    /** What is added to the loss of the classes: a scalar with gradient; null for nothing. */
    @Nullable
    Tensor gap(Sight source, Sight target, Step step);

    /** The shapes of weights that are trained beside the model's. */
    Map<String, long[]> shapes(int width, int classes);

    /** Whether nodes are mixed with others. */
    default boolean mixes() {
        return false;
    }

    /** Whether the target is looked at. */
    boolean looksAtTarget();
}
