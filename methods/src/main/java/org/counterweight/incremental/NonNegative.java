package org.counterweight.incremental;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.train.event.Moment;
import org.counterweight.train.event.TrainingEvents;

/**
 * The restriction of Weight Aligning: after every step what is negative in the weight of the head becomes 0; the optimizer's
 * memory is left alone. With features that are never negative all logits are then made of positive parts, so that a row's
 * length tells how large its logits are. Where features can be negative that argument is void.
 *
 * <p>B. Zhao et al., CVPR 2020, section 3.5.
 *
 * @param weight {@code [C, D]}, the live tensor
 */
public record NonNegative(Tensor weight) implements TrainingEvents {
    @Override
    public void afterStep(Moment moment) {
        restrict(weight);
    }

    /** W ← max(W, 0), in place. */
    public static void restrict(Tensor weight) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            weight.clamp_min_(Tensors.scalar(0));
        }
    }
}
