package org.counterweight.guide.rule;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.guide.Convention;

/** How the predictions of a model with and without its condition become one. One that remembers frees it when it is closed. */
public interface Guider extends AutoCloseable {
    /** Before the first step of a trajectory: a guider that remembers begins anew. */
    default void begin() {}

    /**
     * The guided prediction, of the dtype of its arguments; half-precision arguments are computed in float32.
     *
     * @param cond the prediction with the condition, {@code [rows, ...]}
     * @param uncond that without it, of the same shape
     * @param weight in {@link #convention}
     * @param step from 0
     * @throws IllegalArgumentException if the shapes differ, or a number is none or infinite
     */
    Tensor combine(Tensor cond, Tensor uncond, double weight, int step);

    /** What its weights multiply. */
    Convention convention();

    /** Whether a step comes to the conditional prediction, so that the other need not be asked for. */
    default boolean isConditional(double weight, int step) {
        return convention().isNeutral(weight);
    }

    /** Whether a step comes to the unconditional prediction, so that the other need not be asked for. */
    default boolean isUnconditional(double weight, int step) {
        return false;
    }

    /** Whether it is meant for predictions of the clean rows; any other goes with whatever a sampler asks for. */
    default boolean combinesClean() {
        return false;
    }

    @Override
    default void close() {}
}
