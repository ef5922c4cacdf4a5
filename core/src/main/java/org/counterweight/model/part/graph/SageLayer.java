package org.counterweight.model.part.graph;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.Shapes;

/**
 * GraphSAGE: H'[v] = relu(W_a [g_v; h_v] + b_a), where g_v is the mean of a_e (W_l h_u + b_l) over what comes in. W. Hamilton,
 * R. Ying and J. Leskovec, "Inductive Representation Learning on Large Graphs", NeurIPS 2017. Weights: {@code lin} W_l and b_l,
 * {@code agg} W_a and b_a, the aggregate first, then the node itself.
 *
 * @param norm by what sums are divided
 * @param isNormalized whether rows are brought to length 1 in the end
 */
public record SageLayer(MessageNorm norm, boolean isNormalized) implements GraphLayer {
    private static final double SHORTEST = 1e-12;

    @Override
    public Propagation propagation(Messages messages) {
        return Propagation.mean(messages, norm);
    }

    @Override
    public Tensor aggregate(Params layer, Propagation propagation, Tensor h, Pass pass) {
        return propagation.apply(layer.linear("lin", h, pass), pass);
    }

    @Override
    public Tensor combine(Params layer, Tensor aggregate, Tensor self, Pass pass) {
        Tensor both = torch.cat(new TensorVector(aggregate, self), 1);
        Tensor out = layer.linear("agg", both, pass).relu();
        return isNormalized ? out.div(Tensors.norm2(out, true, 1).clamp_min(Tensors.scalar(SHORTEST))) : out;
    }

    @Override
    public void shapes(Shapes shapes, String name, int in, int out) {
        shapes.linear(name + ".lin", out, in, true).linear(name + ".agg", out, out + in, true);
    }

    @Override
    public boolean isMean() {
        return true;
    }
}
