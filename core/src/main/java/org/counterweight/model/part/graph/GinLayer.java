package org.counterweight.model.part.graph;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.Shapes;

/**
 * Graph isomorphism network: H'[v] = W_2 relu(W_1 ((1 + ε) h_v + Σ a_e h_u) + b_1) + b_2. K. Xu et al., "How Powerful are Graph
 * Neural Networks?", ICLR 2019. Weights: {@code lin.weight} W_1, {@code bias} b_1, {@code eps} ε {@code [1]}, {@code out} W_2 and
 * b_2. Messages are summed, so that their number counts.
 */
public record GinLayer() implements GraphLayer {
    @Override
    public Propagation propagation(Messages messages) {
        return Propagation.sum(messages);
    }

    /** W_1 comes first: sums of what is narrower cost less. */
    @Override
    public Tensor aggregate(Params layer, Propagation propagation, Tensor h, Pass pass) {
        return propagation.apply(layer.linear("lin", h, pass), pass);
    }

    @Override
    public Tensor combine(Params layer, Tensor aggregate, Tensor self, Pass pass) {
        Tensor own = layer.linear("lin", self, pass).mul(Tensors.plus(layer.weight("eps"), 1));
        Tensor hidden = aggregate.add(own).add(layer.weight("bias")).relu();
        return layer.linear("out", hidden, pass);
    }

    @Override
    public void shapes(Shapes shapes, String name, int in, int out) {
        shapes.linear(name + ".lin", out, in, false)
                .put(name + ".bias", out)
                .put(name + ".eps", 1)
                .linear(name + ".out", out, out, true);
    }

    @Override
    public boolean isMean() {
        return false;
    }
}
