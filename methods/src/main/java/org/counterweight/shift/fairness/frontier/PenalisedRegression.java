package org.counterweight.shift.fairness.frontier;

import static org.counterweight.engine.Tensors.times;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.fairness.constraint.FairConstraint;
import org.counterweight.shift.fairness.penalty.SoftGap;
import org.counterweight.shift.solve.LogisticLoss;
import org.counterweight.train.optimize.Adam;
import org.counterweight.train.optimize.Gradients;
import org.counterweight.train.optimize.Optimizer;

/** A logistic regression with ρ times the squared soft gap between the groups in its loss. Not convex: a way down is followed. */
final class PenalisedRegression {
    private static final int STEPS = 400;
    private static final double RATE = 0.05;

    private PenalisedRegression() {}

    /**
     * Follows the gradient from the plain regression's θ.
     *
     * @param start {@code [d + 1]}
     * @param cell each row's cell, {@code int64 [n]}
     */
    static Tensor fit(LogisticLoss loss, Tensor start, Tensor cell, FairConstraint constraint, double rho) {
        try (var scope = Scope.open()) {
            Tensor theta = start.detach().clone().requires_grad_(true);
            Map<String, Tensor> parameters = Map.of("theta", theta);
            try (var optimizer = Optimizer.of(new Adam(0.9, 0.999, 1e-8, false), parameters, RATE, 0)) {
                for (int i = 0; i < STEPS; i++) {
                    try (var step = Scope.open()) {
                        Tensor scores = loss.x().mv(theta);
                        Tensor mean =
                                torch.softplus(scores).sub(scores.mul(loss.y())).dot(loss.shares());
                        Tensor slopes = Tensors.slice(theta, 0, 0, theta.numel() - 1);
                        Tensor gap = SoftGap.squared(scores.sigmoid(), cell, loss.shares(), constraint);
                        mean.add(times(slopes.square().sum(), loss.ridge() / 2))
                                .add(times(gap, rho))
                                .backward();
                        optimizer.step(1 - (double) i / STEPS);
                        Gradients.clear(parameters.values());
                    }
                }
            }
            return scope.keep(theta.detach());
        }
    }
}
