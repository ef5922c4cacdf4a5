package org.counterweight.shift.solve;

import org.bytedeco.pytorch.Tensor;

/**
 * minimise f(x) subject to c(x) ≥ 0, with f convex and c concave; all tensors are float64 and of one dimension. Scaled so that
 * numbers about 1 are usual: {@link InteriorPoint} starts with slacks and multipliers of that size.
 */
public interface Programme {
    /** f(x). */
    double value(Tensor x);

    /** ∇f(x), {@code [variables]}. */
    Tensor gradient(Tensor x);

    /** c(x), {@code [constraints]}. */
    Tensor constraints(Tensor x);

    /** J d, how the constraints change along a direction, {@code [constraints]}. */
    Tensor along(Tensor x, Tensor direction);

    /** Jᵀ y, {@code [variables]}. */
    Tensor across(Tensor x, Tensor multipliers);

    /** (∇²f − Σ y_j ∇²c_j) d, {@code [variables]}. */
    Tensor curvature(Tensor x, Tensor multipliers, Tensor direction);

    /** Factorises ∇²f − Σ y_j ∇²c_j + Jᵀ diag(weights) J, all weights positive. */
    Factor factor(Tensor x, Tensor multipliers, Tensor weights);

    /** A factorised matrix. */
    @FunctionalInterface
    interface Factor {
        /** Solves it for a right side {@code [variables]}. */
        Tensor solve(Tensor right);
    }
}
