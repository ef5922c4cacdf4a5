package org.counterweight.guide.sample;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;
import org.counterweight.guide.rule.Guider;
import org.jspecify.annotations.Nullable;

/**
 * A model with and without its condition, and how the two become one. It asks no more of them than the weight needs, and counts.
 */
public final class Guided {
    private final Denoiser conditional;
    private final Denoiser unconditional;
    private final @Nullable Denoiser both;
    private final Guider guider;
    private long evaluations;

    public Guided(Denoiser conditional, Denoiser unconditional, Guider guider) {
        this(conditional, unconditional, null, guider);
    }

    /**
     * The same of a model that is asked for both predictions at once.
     *
     * @param both of twice the rows: with the condition those of the first half, without it those of the second
     */
    public Guided(Denoiser conditional, Denoiser unconditional, @Nullable Denoiser both, Guider guider) {
        this.conditional = conditional;
        this.unconditional = unconditional;
        this.both = both;
        this.guider = guider;
    }

    /** Before the first step of a trajectory. */
    void begin() {
        guider.begin();
    }

    /** A prediction of a model. */
    private interface Prediction {
        Tensor of(Denoiser model, Tensor x);
    }

    /** Two predictions of the same rows. */
    private record Both(Tensor cond, Tensor uncond) {}

    /** The guided prediction beside the unconditional one that it was made of. */
    record Pair(Tensor guided, Tensor unconditional) {}

    /** How often a model was asked so far. */
    public long evaluations() {
        return evaluations;
    }

    /** The guided noise at a step. */
    Tensor noise(Tensor x, Noise level, double weight, int step) {
        return asClean(weight, step)
                ? Steps.noise(x, clean(x, level, weight, step), level)
                : combined((model, rows) -> model.noise(rows, level), x, weight, step);
    }

    /** The guided clean rows at a step. */
    Tensor clean(Tensor x, Noise level, double weight, int step) {
        return combined((model, rows) -> model.clean(rows, level), x, weight, step);
    }

    /** The guided velocity of a flow, {@code eps - x_0}. */
    Tensor velocity(Tensor x, Noise level, double weight, int step) {
        if (asClean(weight, step)) {
            Tensor clean = clean(x, level, weight, step);
            return Steps.noise(x, clean, level).sub(clean);
        }
        return combined((model, rows) -> model.velocity(rows, level), x, weight, step);
    }

    /** The guided clean rows and the unconditional ones, at the price of one guided step. */
    Pair cleanPair(Tensor x, Noise level, double weight, int step) {
        Prediction predict = (model, rows) -> model.clean(rows, level);
        if (guider.isUnconditional(weight, step)) {
            evaluations++;
            Tensor clean = predict.of(unconditional, x);
            return new Pair(clean, clean);
        }
        Both both = both(predict, x);
        return new Pair(guider.combine(both.cond(), both.uncond(), weight, step), both.uncond());
    }

    /** Whether the rule wants clean rows, whatever is asked for; where it does nothing the model's own answer stays. */
    private boolean asClean(double weight, int step) {
        return guider.combinesClean() && !guider.isConditional(weight, step);
    }

    private Tensor combined(Prediction predict, Tensor x, double weight, int step) {
        if (guider.isConditional(weight, step)) {
            evaluations++;
            return predict.of(conditional, x);
        }
        if (guider.isUnconditional(weight, step)) {
            evaluations++;
            return predict.of(unconditional, x);
        }
        Both predicted = both(predict, x);
        return guider.combine(predicted.cond(), predicted.uncond(), weight, step);
    }

    private Both both(Prediction predict, Tensor x) {
        evaluations += 2;
        if (both == null) {
            return new Both(predict.of(conditional, x), predict.of(unconditional, x));
        }
        long rows = x.size(0);
        Tensor predicted = predict.of(both, torch.cat(new TensorVector(x, x), 0));
        return new Both(Tensors.slice(predicted, 0, 0, rows), Tensors.slice(predicted, 0, rows, 2 * rows));
    }
}
