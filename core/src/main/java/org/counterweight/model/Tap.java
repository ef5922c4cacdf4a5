package org.counterweight.model;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * Something is attached to a frozen model from outside, at a named point: an activation goes in, an activation of the same
 * shape comes out. The points of a model are listed by {@link Model#points}.
 */
public interface Tap {
    /**
     * The activation that the model goes on with.
     *
     * @param point the full name of where it stands
     * @param in what went into the module or layer at the point
     * @param out what that made of it
     * @param pass knows the batch: {@link Pass#batch}
     * @return of the shape and type of {@code out}
     */
    Tensor apply(String point, Tensor in, Tensor out, Pass pass);

    /** The tensors that training moves, by the name under which they are saved beside the point's. */
    Map<String, Tensor> trainables();

    /**
     * The tensors that several taps hold in common and training moves once, by their full name in the model; not among
     * {@link #trainables}.
     */
    default Map<String, Tensor> shared() {
        return Map.of();
    }

    /**
     * The same with these tensors in place of its own: for steps that are unrolled.
     *
     * @param tensors by the names of {@link #trainables} and {@link #shared}; what is not among them stays
     */
    Tap with(Map<String, Tensor> tensors);

    /**
     * The tensors that the data moves while training and the optimizer does not, by names beside the point's; they are among
     * {@link #tensors}. A training pass tells {@link Pass#statistics} what each becomes, under {@code point.name}.
     */
    default Map<String, Tensor> statistics() {
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
