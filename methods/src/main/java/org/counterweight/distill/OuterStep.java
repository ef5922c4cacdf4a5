package org.counterweight.distill;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.jspecify.annotations.Nullable;

/**
 * The step that moves the synthetic images and the inner rate: gradient descent with momentum, u' = m u + g (u' = g at the
 * first), x' = x − lr u'. MTT, section 3.3 and Algorithm 1.
 *
 * @param images the rate of the images; 100 to 10 000 for normalised ones of 32×32
 * @param rate the rate of the inner rate η; 1e-7 to 1e-4
 * @param momentum m, in [0, 1); 0.5 in MTT and AST
 * @param floor the least that η may become: descent can carry it below 0, where the inner loop climbs. 1e-6 is usual; −∞
 *     for none, as published
 */
public record OuterStep(double images, double rate, double momentum, double floor) {
    /** What η is kept above where nothing else is said. */
    public static final double FLOOR = 1e-6;

    public OuterStep {
        if (!(images >= 0)) {
            throw new ConfigException("lr_img", images, "a number of at least 0 (1000 is usual)");
        }
        if (!(rate >= 0)) {
            throw new ConfigException("lr_lr", rate, "a number of at least 0 (1e-5 is usual)");
        }
        if (!(momentum >= 0 && momentum < 1)) {
            throw new ConfigException("outer_momentum", momentum, "a number in [0, 1) (0.5 is usual)");
        }
    }

    /**
     * Where the descent stands; its tensors belong to whoever keeps it.
     *
     * @param images X
     * @param rate η, a scalar
     * @param imageVelocity u of the images, null before the first step
     * @param rateVelocity u of η, null before the first step
     */
    public record State(
            Tensor images,
            Tensor rate,
            @Nullable Tensor imageVelocity,
            @Nullable Tensor rateVelocity) {
        public static State of(Tensor images, Tensor rate) {
            return new State(images, rate, null, null);
        }

        /** The same with tensors that outlive that scope. */
        public State keptBy(Scope scope) {
            return new State(
                    scope.keep(images),
                    scope.keep(rate),
                    imageVelocity == null ? null : scope.keep(imageVelocity),
                    rateVelocity == null ? null : scope.keep(rateVelocity));
        }
    }

    /** The state after a step along these gradients; {@code before} is not changed. */
    public State step(State before, Tensor imageGradient, Tensor rateGradient) {
        try (var off = Tensors.noGrad()) {
            Tensor imageVelocity = velocity(before.imageVelocity(), imageGradient);
            Tensor rateVelocity = velocity(before.rateVelocity(), rateGradient);
            return new State(
                    Tensors.add(before.images(), imageVelocity, -images),
                    Tensors.add(before.rate(), rateVelocity, -rate).clamp_min(Tensors.scalar(floor)),
                    imageVelocity,
                    rateVelocity);
        }
    }

    private Tensor velocity(@Nullable Tensor before, Tensor gradient) {
        return before == null
                ? gradient.clone()
                : Tensors.times(before, momentum).add(gradient);
    }
}
