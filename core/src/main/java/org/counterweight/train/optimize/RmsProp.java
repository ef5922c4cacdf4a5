package org.counterweight.train.optimize;

import static org.counterweight.engine.Tensors.add;
import static org.counterweight.engine.Tensors.scalar;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * RMSProp: v ← ρ v + (1 − ρ) g², p ← p − η g / (√v + ε). T. Tieleman and G. Hinton, "Neural Networks for Machine Learning",
 * lecture 6.5, 2012. The order of the operations is that of {@code torch.optim}, without its momentum and centring.
 *
 * @param rho ρ, 0.99 by default there
 * @param eps ε, 1e-8 by default there
 */
public record RmsProp(double rho, double eps) implements UpdateRule {
    private static final List<SlotSpec> SLOTS = List.of(SlotSpec.like("square_avg"));

    @Override
    public List<SlotSpec> slots() {
        return SLOTS;
    }

    @Override
    public void update(Tensor parameter, Tensor gradient, Tensor[] slots, long t, double rate, double weightDecay) {
        Tensor g = weightDecay == 0 ? gradient : add(gradient, parameter, weightDecay);
        Tensor v = slots[0].mul_(scalar(rho)).addcmul_(g, g, scalar(1 - rho));
        parameter.addcdiv_(g, v.sqrt().add_(scalar(eps)), scalar(-rate));
    }
}
