package org.counterweight.reweigh;

import static org.counterweight.engine.Tensors.scalar;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.train.weigh.Rows;
import org.counterweight.train.weigh.Weigher;

/**
 * w ∝ (1 − p)^γ with p = exp(−ℓ), the probability of the right class: T.-Y. Lin et al., "Focal Loss for Dense Object
 * Detection", ICCV 2017, equation 4, as a weight that is constant in the backward pass and sums to 1 over the batch.
 *
 * @param gamma γ, at least 0; with 0 the weights are uniform
 */
public record Focal(double gamma) implements Weigher {
    @Override
    public Tensor weights(Rows rows) {
        Tensor usable = Usable.rows(rows, false, "focal");
        return Usable.spread(usable, rows.losses(), losses -> {
            Tensor raw = torch.expm1(losses.neg()).neg_().clamp_min_(scalar(0)).pow(scalar(gamma));
            double sum = raw.sum().item_double();
            // Every row perfect: nothing to focus on, and nothing to divide by.
            return sum > 0 ? raw.div(scalar(sum)) : torch.full_like(raw, scalar(1.0 / raw.numel()));
        });
    }
}
