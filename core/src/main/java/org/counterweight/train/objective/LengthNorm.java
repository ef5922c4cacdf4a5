package org.counterweight.train.objective;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** How much a row's length counts in the sum of the weighted losses; they differ where rows have unequal units. */
public enum LengthNorm {
    /** Not at all: L = Σ w_i ℓ_i. With uniform weights the mean over rows. */
    PLAIN,
    /** In proportion: L = M Σ w_i λ_i ℓ_i with λ_i = n_i / Σ n. With uniform weights the mean over tokens. */
    TOKEN;

    /**
     * What each row's loss is multiplied by.
     *
     * @param weights {@code [M]}, sum 1
     * @param units {@code int64 [M]}, n_i
     */
    public Tensor factors(Tensor weights, Tensor units) {
        if (this == PLAIN) {
            return weights;
        }
        Tensor n = units.to(weights.scalar_type());
        return weights.mul(n).mul_(torch.div(n.count_nonzero(), n.sum().clamp_min(new Scalar(1))));
    }
}
