package org.counterweight.model.part.graph;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.Shapes;

/**
 * A graph convolution in two halves: what comes from the neighbours, which is linear in them, and what a node makes of it and of
 * itself. Methods that mix nodes, or change what comes along edges, stand between the halves.
 */
public sealed interface GraphLayer permits GcnLayer, SageLayer, GinLayer {
    /** How its layers sum up messages. */
    Propagation propagation(Messages messages);

    /**
     * What comes from the neighbours, {@code [nodes, out]}; 0 where nothing comes.
     *
     * @param layer the layer's weights
     * @param h what nodes send, {@code [nodes, in]}
     */
    Tensor aggregate(Params layer, Propagation propagation, Tensor h, Pass pass);

    /**
     * What a node makes of it, {@code [nodes, out]}, before the activation that comes between layers.
     *
     * @param aggregate what came, {@code [nodes, out]}
     * @param self the nodes themselves, {@code [nodes, in]}
     */
    Tensor combine(Params layer, Tensor aggregate, Tensor self, Pass pass);

    /** {@code shapes} with the weights of a layer under that name. */
    void shapes(Shapes shapes, String name, int in, int out);

    /** Whether the mean over some neighbours estimates that over all: then neighbours may be sampled. */
    boolean isMean();
}
