package org.counterweight.reparametrize;

import java.util.List;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Params;
import org.counterweight.train.objective.Regularizer;

/**
 * Weight decay of the weights in effect, through the loss: (λ / 2) Σ ‖w‖², whatever they are made of.
 *
 * @param weights their full names
 * @param lambda λ, at least 0
 */
public record EffectiveDecay(List<String> weights, double lambda) implements Regularizer {
    public EffectiveDecay {
        weights = List.copyOf(weights);
    }

    @Override
    public Tensor penalty(Params params, long step) {
        Tensor sum = null;
        for (String name : weights) {
            Tensor squares = params.weight(name).square().sum();
            sum = sum == null ? squares : sum.add(squares);
        }
        return Tensors.times(Objects.requireNonNull(sum, "no weight decays"), lambda / 2);
    }
}
