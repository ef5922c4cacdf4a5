package org.counterweight.distill.expert;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.distill.FlatModel;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;

/**
 * A network on its way, step by step in the memory of one: θ and its velocity, which belong to the scope that was open at the
 * start.
 */
public final class Walk {
    private final FlatModel model;
    private final Tensor theta;
    private final Tensor velocity;

    /** @param start θ, {@code [P]}; not changed */
    public Walk(FlatModel model, Tensor start) {
        this.model = model;
        this.theta = start.detach().clone();
        this.velocity = torch.zeros_like(theta);
    }

    /** θ, {@code [P]}, which the next step changes. */
    public Tensor theta() {
        return theta;
    }

    /** An optimizer made anew: the velocity is 0. */
    public void forget() {
        velocity.zero_();
    }

    /**
     * One step.
     *
     * @param images as they are, {@code [B, channels, height, width]}
     * @param augmented what is learnt from, of the same shape
     * @param labels from 0, {@code int64 [B]}
     * @return the mean loss before it
     */
    public double step(ExpertStep step, Tensor images, Tensor augmented, Tensor labels) {
        try (var scope = Scope.open()) {
            ExpertStep.Result result =
                    step.apply(model, new ExpertStep.State(theta, velocity), images, augmented, labels);
            try (var off = Tensors.noGrad()) {
                theta.copy_(result.state().theta());
                Tensor moved = result.state().velocity();
                if (moved != null) {
                    velocity.copy_(moved);
                }
            }
            return result.loss();
        }
    }
}
