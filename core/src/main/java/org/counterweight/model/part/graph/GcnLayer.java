package org.counterweight.model.part.graph;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.Shapes;

/**
 * A graph convolution: H'[v] = Σ c_e W h_u + b, with a weight for the node itself + V h_v. A node into which nothing comes has b.
 * Weights: {@code lin.weight} W, {@code bias} b, {@code root.weight} V.
 *
 * @param norm by what sums are divided
 * @param selfLoops whether each node sends to itself too
 * @param root whether there is V, as node Mixup has it
 */
public record GcnLayer(MessageNorm norm, boolean selfLoops, boolean root) implements GraphLayer {
    @Override
    public Propagation propagation(Messages messages) {
        return Propagation.symmetric(selfLoops ? messages.withSelfLoops() : messages, norm);
    }

    @Override
    public Tensor aggregate(Params layer, Propagation propagation, Tensor h, Pass pass) {
        return propagation.apply(layer.linear("lin", h, pass), pass);
    }

    @Override
    public Tensor combine(Params layer, Tensor aggregate, Tensor self, Pass pass) {
        Tensor received = aggregate.add(layer.weight("bias"));
        return root ? received.add(layer.linear("root", self, pass)) : received;
    }

    @Override
    public void shapes(Shapes shapes, String name, int in, int out) {
        shapes.linear(name + ".lin", out, in, false).put(name + ".bias", out);
        if (root) {
            shapes.linear(name + ".root", out, in, false);
        }
    }

    @Override
    public boolean isMean() {
        return false;
    }
}
