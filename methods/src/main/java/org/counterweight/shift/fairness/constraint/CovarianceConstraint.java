package org.counterweight.shift.fairness.constraint;

import static org.counterweight.engine.Tensors.plus;
import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.shift.solve.LogisticLoss;
import org.counterweight.shift.solve.NewtonMethod;

/**
 * Logistic regression whose scores may covary with the group only so much: minimise the mean logistic loss plus
 * (l2 / 2) ‖θ without intercept‖² subject to |(1/n) Σ (z_i − z̄) θᵀ x_i| ≤ bound.
 *
 * <p>M. B. Zafar et al., "Fairness Constraints: Mechanisms for Fair Classification", AISTATS 2017. Convex with one linear
 * constraint: if the free optimum breaks it, the optimum lies on the plane of the broken side.
 *
 * @param theta θ, the intercept last, {@code [d + 1]}
 * @param loss the value of what is minimised
 * @param covariance of score and group
 */
public record CovarianceConstraint(Tensor theta, double loss, double covariance) {
    /** Fits θ to rows that count alike. */
    public static CovarianceConstraint fit(Tensor x, Tensor y, Tensor z, boolean opportunity, double bound, double l2) {
        return fit(x, y, z, torch.ones_like(y), opportunity, bound, l2);
    }

    /**
     * Fits θ.
     *
     * @param x {@code [n, d]}
     * @param y 1 or 0, float64 {@code [n]}
     * @param z groups, 1 or 0, float64 {@code [n]}
     * @param weights how many rows each stands for, {@code [n]}
     * @param opportunity whether only rows with y = 1 count in the covariance (equal opportunity); else all (parity)
     * @param bound not negative
     */
    public static CovarianceConstraint fit(
            Tensor x, Tensor y, Tensor z, Tensor weights, boolean opportunity, double bound, double l2) {
        if (!(bound >= 0)) {
            throw new ConfigException("cov_bound", bound, "a number of at least 0");
        }
        try (var scope = Scope.open()) {
            LogisticLoss loss = LogisticLoss.of(x, y, weights, l2);
            Tensor centred = plus(z, -z.dot(loss.shares()).item_double());
            Tensor counted = opportunity ? centred.mul(y) : centred;
            Tensor normal = loss.x().t().mv(counted.mul(loss.shares()));
            Tensor theta = NewtonMethod.minimise(loss, loss.start(), null);
            double free = normal.dot(theta).item_double();
            if (Math.abs(free) > bound) {
                double length = normal.dot(normal).item_double();
                Tensor onPlane = times(normal, Math.copySign(bound, free) / length);
                theta = NewtonMethod.minimise(loss, onPlane, normal);
            }
            return new CovarianceConstraint(
                    scope.keep(theta), loss.value(theta), normal.dot(theta).item_double());
        }
    }

    /** Scores of rows {@code [n, d]}; above 0 is y = 1. */
    public Tensor scores(Tensor x) {
        return LogisticLoss.withOne(x).mv(theta);
    }
}
