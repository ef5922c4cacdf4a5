package org.counterweight.guide.sample;

import java.util.function.BiFunction;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.guide.rule.Guider;

/**
 * A model with and without its condition, and how the two become one. It asks no more of them than the weight needs, and counts.
 */
public final class Guided {
    private final Denoiser conditional;
    private final Denoiser unconditional;
    private final Guider guider;
    private long evaluations;

    public Guided(Denoiser conditional, Denoiser unconditional, Guider guider) {
        this.conditional = conditional;
        this.unconditional = unconditional;
        this.guider = guider;
    }

    /** How often a model was asked so far. */
    public long evaluations() {
        return evaluations;
    }

    /** The guided noise at a step. */
    Tensor noise(Tensor x, Noise level, double weight, int step) {
        return combined((model, at) -> model.noise(x, at), level, weight, step);
    }

    /** The guided clean rows at a step. */
    Tensor clean(Tensor x, Noise level, double weight, int step) {
        return combined((model, at) -> model.clean(x, at), level, weight, step);
    }

    /** The guided velocity of a flow, {@code eps - x_0}. */
    Tensor velocity(Tensor x, Noise level, double weight, int step) {
        return combined((model, at) -> model.noise(x, at).sub(model.clean(x, at)), level, weight, step);
    }

    /** The unconditional noise alone. */
    Tensor unconditionalNoise(Tensor x, Noise level) {
        evaluations++;
        return unconditional.noise(x, level);
    }

    private Tensor combined(BiFunction<Denoiser, Noise, Tensor> predict, Noise level, double weight, int step) {
        if (guider.isConditional(weight, step)) {
            evaluations++;
            return predict.apply(conditional, level);
        }
        if (guider.isUnconditional(weight, step)) {
            evaluations++;
            return predict.apply(unconditional, level);
        }
        evaluations += 2;
        return guider.combine(predict.apply(conditional, level), predict.apply(unconditional, level), weight, step);
    }
}
