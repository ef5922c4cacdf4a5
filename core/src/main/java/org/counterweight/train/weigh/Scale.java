package org.counterweight.train.weigh;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** What the weights of a batch's rows add up to. */
public enum Scale {
    /** They are shares: L = Σ w_i ℓ_i with Σ w_i = 1. */
    SUM_ONE,
    /**
     * They are factors, each fixed by its row alone: L = (1/M) Σ w_i ℓ_i over the M rows that have something to predict. A
     * batch of rows that all weigh 2 counts twice what a batch of rows that weigh 1 does: class weights, importance weights.
     */
    BATCH_MEAN;

    /**
     * What each row's loss is multiplied by in the sum over the batch.
     *
     * @param weights {@code [M]}, as the weigher gave them
     * @param units {@code int64 [M]}: how many predictions each row has
     */
    public Tensor shares(Tensor weights, Tensor units) {
        if (this == SUM_ONE) {
            return weights;
        }
        Tensor active = units.ne(new Scalar(0L)).to(weights.scalar_type());
        return weights.mul(active).div_(active.sum().clamp_min(new Scalar(1)));
    }
}
