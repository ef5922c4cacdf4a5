package org.counterweight.train.optimize;

import static org.counterweight.engine.Tensors.add;
import static org.counterweight.engine.Tensors.scalar;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Adagrad: s ← s + g², p ← p − η g / (√s + ε). J. Duchi, E. Hazan and Y. Singer, "Adaptive Subgradient Methods for Online
 * Learning and Stochastic Optimization", JMLR 2011. The order of the operations is that of {@code torch.optim}, without decay of
 * the rate.
 *
 * @param eps ε, 1e-10 by default there
 */
public record Adagrad(double eps) implements UpdateRule {
    private static final List<SlotSpec> SLOTS = List.of(SlotSpec.like("sum"));

    @Override
    public List<SlotSpec> slots() {
        return SLOTS;
    }

    @Override
    public void update(Tensor parameter, Tensor gradient, Tensor[] slots, long t, double rate, double weightDecay) {
        Tensor g = weightDecay == 0 ? gradient : add(gradient, parameter, weightDecay);
        Tensor s = slots[0].addcmul_(g, g, scalar(1));
        parameter.addcdiv_(g, s.sqrt().add_(scalar(eps)), scalar(-rate));
    }
}
