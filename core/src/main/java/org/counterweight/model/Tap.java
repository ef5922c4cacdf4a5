package org.counterweight.model;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * Something is attached to a frozen model from outside, at a named point: an activation goes in, an activation of the same
 * shape comes out. The points of a model are listed by {@link Model#points}.
 */
public interface Tap {
    /** The activation that the model goes on with; of the shape and type of {@code activation}. */
    Tensor apply(Tensor activation, Pass pass);

    /** The tensors that training moves, by the name under which they are saved beside the point's. */
    Map<String, Tensor> trainables();

    /**
     * The tensors that several taps hold in common and training moves once, by their full name in the model; not among
     * {@link #trainables}.
     */
    default Map<String, Tensor> shared() {
        return Map.of();
    }

    /** What must be saved to have the same tap again: {@link #trainables}, and what stays fixed. */
    default Map<String, Tensor> tensors() {
        return trainables();
    }

    /** The same of what several taps hold in common: {@link #shared}, and what stays fixed. */
    default Map<String, Tensor> sharedTensors() {
        return shared();
    }
}
