package org.counterweight.shift.doubleweighting.minimax;

import static org.counterweight.engine.Tensors.mean;
import static org.counterweight.engine.Tensors.plus;
import static org.counterweight.engine.Tensors.sum;
import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.shift.solve.InteriorPoint;
import org.counterweight.shift.solve.Solution;

/**
 * What is known of the deployment: the expectations of the features lie within λ of τ.
 *
 * @param tau τ = (1/n) Σ β_i Φ(x_i, y_i), {@code [m]}
 * @param lambda the confidence vector, {@code [m]}
 * @param gap how far its sum may lie above the least one
 * @param converged whether the solver reached its tolerance
 */
public record Expectations(Tensor tau, Tensor lambda, double gap, boolean converged) {
    private static final double TOLERANCE = 1e-11;

    /** τ, {@code [m]}, from the features of the training rows with their labels, {@code [n, m]}, and β, {@code [n]}. */
    public static Tensor tau(Tensor own, Tensor beta) {
        return mean(own.mul(beta.unsqueeze(1)), false, 0);
    }

    /**
     * The confidence vector of least sum for which some probabilities P on the rows of the deployment have expectations within
     * it: min over P of ‖Σ_i Σ_y P_iy α_i Φ(x_i, y) − τ‖₁, plus δ for each feature. Its sum is unique; the vector need not be,
     * and this is the one in the middle of the best ones.
     *
     * @param phi α_i Φ(x_i, y), {@code [t, L, m]}
     * @param delta δ, added to each element
     */
    public static Expectations around(Tensor tau, Tensor phi, double delta) {
        try (var scope = Scope.open()) {
            var programme = new ExpectationProgramme(phi, tau);
            Solution solution = InteriorPoint.solve(programme, programme.start(), TOLERANCE);
            Tensor p = programme.above(solution.multipliers());
            Tensor rows = times(sum(p, true, 1), phi.size(0));
            Tensor reached = new LabelRows(phi).back(p.div(rows));
            Tensor lambda = plus(reached.sub(tau).abs(), delta);
            double sum = lambda.sum().item_double();
            double least = delta * tau.numel() - solution.value() / phi.size(0);
            return new Expectations(tau, scope.keep(lambda), sum - least, solution.converged());
        }
    }
}
