package org.counterweight.graph.layer;

import org.bytedeco.pytorch.Tensor;

/** One layer: from {@code [nodes, in]} to {@code [nodes, out]} over the edges of a graph. */
public interface Convolution {
    /** The layer's output before the activation that comes between layers, for the propagation of its {@link Backbone}. */
    Tensor apply(Propagation propagation, Tensor h);
}
