package org.counterweight.guide.rule;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.guide.Convention;

/** How the predictions of a model with and without its condition become one. */
public interface Guider {
    /**
     * The guided prediction, of the dtype of its arguments; half-precision arguments are computed in float32.
     *
     * @param cond the prediction with the condition, {@code [rows, ...]}
     * @param uncond that without it, of the same shape
     * @param weight in {@link #convention}
     * @param step from 0; a guider that remembers begins anew there
     * @throws IllegalArgumentException if the shapes differ
     */
    Tensor combine(Tensor cond, Tensor uncond, double weight, int step);

    /** What its weights multiply. */
    Convention convention();
}
