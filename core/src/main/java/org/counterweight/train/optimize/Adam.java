package org.counterweight.train.optimize;

import static org.counterweight.engine.Tensors.add;
import static org.counterweight.engine.Tensors.scalar;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Adam: m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², p ← p − η m̂ / (√v̂ + ε) with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ).
 *
 * <p>D. Kingma and J. Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, algorithm 1; with {@code decoupled} the
 * weight decay acts on the parameter (p ← p − η λ p) and not through the gradient: I. Loshchilov and F. Hutter, "Decoupled
 * Weight Decay Regularization", ICLR 2019, algorithm 2. The order of the operations is that of {@code torch.optim}.
 */
public record Adam(double beta1, double beta2, double eps, boolean decoupled) implements UpdateRule {
    private static final List<SlotSpec> SLOTS = List.of(SlotSpec.like("exp_avg"), SlotSpec.like("exp_avg_sq"));

    @Override
    public List<SlotSpec> slots() {
        return SLOTS;
    }

    @Override
    public void update(Tensor parameter, Tensor gradient, Tensor[] slots, long t, double rate, double weightDecay) {
        Tensor g = gradient;
        if (weightDecay != 0) {
            if (decoupled) {
                parameter.mul_(scalar(1 - rate * weightDecay));
            } else {
                g = add(gradient, parameter, weightDecay);
            }
        }
        Tensor m = slots[0].lerp_(g, scalar(1 - beta1));
        Tensor v = slots[1].mul_(scalar(beta2)).addcmul_(g, g, scalar(1 - beta2));
        double correction1 = 1 - Math.pow(beta1, t);
        double correction2 = Math.sqrt(1 - Math.pow(beta2, t));
        Tensor denominator = v.sqrt().div_(scalar(correction2)).add_(scalar(eps));
        parameter.addcdiv_(m, denominator, scalar(-rate / correction1));
    }
}
