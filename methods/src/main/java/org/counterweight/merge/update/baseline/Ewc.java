package org.counterweight.merge.update.baseline;

import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.times;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Params;
import org.counterweight.train.objective.Regularizer;

/**
 * A spring to the old weights, stiff where they matter: λ Σ F (θ − θ_old)², without the ½ of the paper, as the official code
 * of BCWI has it. Without Fisher information all springs are alike: L2-SP.
 *
 * <p>As a {@link Regularizer} it joins the loss of a run; for prior weight decay, which acts on the weights instead, see
 * {@link PriorWeightDecay}.
 *
 * <p>J. Kirkpatrick et al., "Overcoming catastrophic forgetting in neural networks", PNAS 2017, equation 3.
 *
 * @param lambda at least 0; 1e-7 to 1e4 is tried
 * @param old by name
 * @param fisher by name; a tensor without an entry counts 1
 */
public record Ewc(double lambda, Map<String, Tensor> old, Map<String, Tensor> fisher) implements Regularizer {
    public Ewc {
        if (!(lambda >= 0 && Double.isFinite(lambda))) {
            throw new IllegalArgumentException(
                    "lambda: " + lambda + " is not allowed; expected a number of at least 0");
        }
        old = Map.copyOf(old);
        fisher = Map.copyOf(fisher);
    }

    @Override
    public Tensor penalty(Params params, long step) {
        var moving = new LinkedHashMap<String, Tensor>();
        params.weights().forEach((name, weight) -> {
            if (weight.requires_grad()) {
                moving.put(name, weight);
            }
        });
        return penalty(moving);
    }

    /** The penalty of these weights, a scalar with gradient; weights that the old model does not have are free. */
    public Tensor penalty(Map<String, Tensor> weights) {
        Tensor sum = Tensors.doubles(new double[] {0}).reshape(new long[0]);
        for (var entry : weights.entrySet()) {
            Tensor anchor = old.get(entry.getKey());
            if (anchor == null || !anchor.is_floating_point()) {
                continue;
            }
            Tensor square = entry.getValue().sub(anchor.detach()).square();
            Tensor f = fisher.get(entry.getKey());
            Tensor weighted = f == null ? square : square.mul(f.to(square.scalar_type()));
            sum = sum.add(weighted.sum().to(ScalarType.Double));
        }
        return times(sum, lambda);
    }

    /**
     * Prior weight decay: θ ← θ − lr λ (θ − θ_old) in place, before an optimizer step whose gradient is known already.
     *
     * <p>C. Lee, K. Cho, W. Kang, ICLR 2020; in place of the usual weight decay, for all parameters.
     *
     * @param lr the learning rate of this step
     */
    public void decay(Map<String, Tensor> weights, double lr) {
        try (var off = Tensors.noGrad()) {
            weights.forEach((name, weight) -> {
                Tensor anchor = old.get(name);
                if (anchor != null && anchor.is_floating_point()) {
                    weight.sub_(weight.sub(anchor), scalar(lr * lambda));
                }
            });
        }
    }
}
