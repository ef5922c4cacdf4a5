package org.counterweight.reweigh.loss;

import static org.counterweight.engine.Tensors.sum;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.train.objective.LengthNorm;

/**
 * What each of W workers back-propagates when gradients are averaged over workers: weights are taken over the losses of all
 * ({@link LossReweighting#weights} of the gathered losses), and worker k's loss is W Σ_{i on k} w_i ℓ_i, so that the average
 * is the gradient of the global weighted loss.
 */
public final class ShardedLoss {
    private ShardedLoss() {}

    /**
     * The loss of each worker.
     *
     * @param losses {@code [W, B]}, with gradient or without
     * @param weights {@code [W, B]}, sum 1 over all
     * @param units {@code int64 [W, B]}, how many predictions each loss is the mean of
     * @return {@code [W]}: W Σ w ℓ, or by tokens W B Σ w λ ℓ with λ = n / Σ n over the worker
     */
    public static Tensor ofWorkers(Tensor losses, Tensor weights, Tensor units, LengthNorm norm) {
        Tensor factors = weights.mul(new org.bytedeco.pytorch.Scalar(losses.size(0)));
        if (norm == LengthNorm.TOKEN) {
            Tensor n = units.to(losses.scalar_type());
            Tensor rows = sum(units.ne(new org.bytedeco.pytorch.Scalar(0L)), true, 1);
            factors = factors.mul(n).mul(rows).div(sum(n, true, 1));
        }
        return sum(factors.mul(losses), false, 1);
    }
}
