package org.counterweight.train.optimize;

import static org.counterweight.engine.Tensors.add;
import static org.counterweight.engine.Tensors.scalar;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Stochastic gradient descent: g ← g + λ p, u ← μ u + g (u = g at the first step), p ← p − η u, or with Nesterov's
 * look-ahead p ← p − η (g + μ u). As {@code torch.optim.SGD}, whose momentum is not scaled by the learning rate.
 */
public record Sgd(double momentum, boolean nesterov) implements UpdateRule {
    private static final List<SlotSpec> SLOTS = List.of(SlotSpec.like("momentum_buffer"));

    @Override
    public List<SlotSpec> slots() {
        return momentum == 0 ? List.of() : SLOTS;
    }

    @Override
    public void update(Tensor parameter, Tensor gradient, Tensor[] slots, long t, double rate, double weightDecay) {
        Tensor g = weightDecay == 0 ? gradient : add(gradient, parameter, weightDecay);
        Tensor direction = g;
        if (momentum != 0) {
            Tensor u = slots[0].mul_(scalar(momentum)).add_(g); // zero at the start, so u = g at the first step
            direction = nesterov ? add(g, u, momentum) : u;
        }
        parameter.add_(direction, scalar(-rate));
    }
}
