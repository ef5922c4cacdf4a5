package org.counterweight.reweigh.loss;

import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The shape f(h) of the score that a row gets for its normalised loss h in [−δ, δ]; its weight is proportional to
 * exp(f / r). The paper's section 3.2, and the baselines of its experiments.
 */
public enum Strategy {
    /** min(h + δ, α δ): linear for the lower half of the losses, flat for the upper. "upper" in the large-scale code. */
    LINUPPER,
    /** 1 − h² / δ²: the losses in the middle. "mid" in the code. */
    QUADRATIC,
    /** |h|: the lowest and the highest losses; an ablation. */
    EXTREMES,
    /** (h + δ) / 2: rises throughout, without a cap. "upper" in the small-scale code. */
    UPPER,
    /** No score: w = 1/M exactly. */
    UNIFORM,
    /** h: robust optimisation on the normalised loss. What the published snippet calls "uniform". */
    NORMALIZED_DRO,
    /** The loss itself, not normalised: KL-regularised distributionally robust optimisation. */
    DRO;

    private static final double SMALLEST_RANGE = 1e-6;

    /**
     * The score of each row, to be divided by r; without gradient.
     *
     * @param losses {@code [M]}
     */
    Tensor score(Tensor losses, double delta, double alpha) {
        return switch (this) {
            case LINUPPER -> normalized(losses, delta).add_(scalar(delta)).clamp_max_(scalar(alpha * delta));
            case QUADRATIC -> normalized(losses, 1).square_().neg_().add_(scalar(1)); // δ cancels
            case EXTREMES -> normalized(losses, delta).abs_();
            case UPPER -> normalized(losses, delta).add_(scalar(delta)).mul_(scalar(0.5));
            case UNIFORM -> torch.zeros_like(losses);
            case NORMALIZED_DRO -> normalized(losses, delta);
            case DRO -> losses;
        };
    }

    /**
     * h = δ (2 ℓ − ℓ_max − ℓ_min) / max(ℓ_max − ℓ_min, 1e-6). The official form, δ·2ℓ/range − δ(ℓ_max + ℓ_min)/range, is
     * equal on paper and subtracts two large numbers when the range is small.
     */
    private static Tensor normalized(Tensor losses, double delta) {
        Tensor lowest = losses.min();
        Tensor highest = losses.max();
        Tensor range = highest.sub(lowest).clamp_min_(scalar(SMALLEST_RANGE));
        return times(losses, 2).sub_(highest).sub_(lowest).mul_(scalar(delta)).div_(range);
    }
}
