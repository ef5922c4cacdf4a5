package org.counterweight.graph.layer;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;

/**
 * GraphSAGE: H'[v] = relu(W_a [g_v; h_v] + b_a), where g_v is the mean of a_e (W_l h_u + b_l) over what comes in. W. Hamilton,
 * R. Ying and J. Leskovec, "Inductive Representation Learning on Large Graphs", NeurIPS 2017.
 *
 * @param linWeight W_l, {@code [out, in]}
 * @param linBias b_l, {@code [out]}
 * @param aggWeight W_a, {@code [out, out + in]}: the aggregate first, then the node itself
 * @param aggBias b_a, {@code [out]}
 * @param isNormalized whether rows are brought to length 1 in the end
 */
public record Sage(Tensor linWeight, Tensor linBias, Tensor aggWeight, Tensor aggBias, boolean isNormalized)
        implements Convolution {
    private static final double SHORTEST = 1e-12;

    @Override
    public Tensor apply(Propagation propagation, Tensor h) {
        Tensor aggregate = propagation.apply(Tensors.linear(h, linWeight, linBias));
        Tensor both = torch.cat(new TensorVector(aggregate, h), 1);
        Tensor out = Tensors.linear(both, aggWeight, aggBias).relu();
        return isNormalized ? out.div(Tensors.norm2(out, true, 1).clamp_min(Tensors.scalar(SHORTEST))) : out;
    }
}
