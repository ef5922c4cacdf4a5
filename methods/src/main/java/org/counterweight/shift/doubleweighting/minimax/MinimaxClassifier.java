package org.counterweight.shift.doubleweighting.minimax;

import static org.counterweight.engine.Tensors.scalar;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.shift.ShiftException;
import org.counterweight.shift.solve.InteriorPoint;
import org.counterweight.shift.solve.Programme;
import org.counterweight.shift.solve.Solution;

/**
 * A minimax risk classifier: the least worst risk over all distributions whose expectations are within λ of τ.
 *
 * @param risk what it minimises
 * @param mu μ, {@code [m]}
 * @param value R(U), the worst risk: the guarantee
 * @param gap how far R(U) may lie above the least one
 * @param converged whether the solver reached its tolerance
 */
public record MinimaxClassifier(MinimaxRisk risk, Tensor mu, double value, double gap, boolean converged) {
    private static final double TOLERANCE = 1e-11;
    private static final double UNBOUNDED = -1e3;

    /**
     * Learns μ.
     *
     * @throws ShiftException if no distribution has expectations within λ of τ
     */
    public static MinimaxClassifier learn(MinimaxRisk risk) {
        try (var scope = Scope.open()) {
            double total = risk.phi().size(0);
            Tensor phi = risk.phi();
            Tensor given = risk.weight();
            Tensor weight = given == null ? torch.ones(new long[] {phi.size(0)}, phi.options()) : given;
            Tensor used = weight.gt(scalar(0)).nonzero().squeeze(1); // a row without weight has no multipliers
            if (used.numel() < phi.size(0)) {
                phi = phi.index_select(0, used);
                weight = weight.index_select(0, used);
            }
            Tensor mu;
            Solution solution;
            if (risk.loss() == MinimaxLoss.ZERO_ONE) {
                var programme = new ZeroOneProgramme(phi.contiguous(), risk.tau(), risk.lambda(), weight, total);
                solution = solved(programme, programme.start());
                mu = programme.mu(solution.x());
            } else {
                var programme = new LogProgramme(phi.contiguous(), risk.tau(), risk.lambda(), weight, total);
                solution = solved(programme, programme.start());
                mu = programme.mu(solution.x());
            }
            Tensor kept = scope.keep(mu.clone());
            double value = risk.value(kept);
            if (!Double.isFinite(value) || value < UNBOUNDED || !solution.converged() && value < -1e-3) {
                throw new ShiftException(
                        "the uncertainty set is empty: no distribution on the rows of the deployment has "
                                + "expectations within lambda of tau; raise lambda (lambda0)");
            }
            return new MinimaxClassifier(risk, kept, value, solution.gap() / total, solution.converged());
        }
    }

    private static Solution solved(Programme programme, Tensor start) {
        return InteriorPoint.solve(programme, start, TOLERANCE);
    }
}
