package org.counterweight.merge.stream;

import static org.bytedeco.pytorch.global.torch.stack;
import static org.counterweight.engine.Tensors.scalar;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.counterweight.engine.Tensors;

/**
 * w = Σ a_i w_i, divided by Σ a_i if normalised; with equal weights the uniform soup (M. Wortsman et al., "Model soups",
 * ICML 2022).
 *
 * @param weights a_i
 * @param exact whether to round once at the end; else after each operation, in mergekit's order
 */
record LinearMerge(double[] weights, boolean normalize, boolean exact) implements TensorMerge {
    @Override
    public Tensor combine(Tensor[] inputs, long from) {
        if (!exact) {
            return asMergekit(inputs);
        }
        double total = 0;
        for (double weight : weights) {
            total += weight;
        }
        double divisor = normalize ? total : 1;
        Tensor sum = inputs[0].mul(scalar(weights[0] / divisor));
        for (int i = 1; i < inputs.length; i++) {
            sum.add_(inputs[i], scalar(weights[i] / divisor));
        }
        return sum;
    }

    private Tensor asMergekit(Tensor[] inputs) {
        Tensor stacked = stack(new TensorVector(inputs)); // [models, block]
        Tensor factors = Tensors.doubles(weights).to(stacked.scalar_type());
        Tensor sum = Tensors.sum(factors.unsqueeze(1).mul(stacked), false, 0);
        return normalize ? sum.div(Tensors.sum(factors, false, 0)) : sum;
    }
}
