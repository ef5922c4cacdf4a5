package org.counterweight.shift.doubleweighting;

import static org.counterweight.engine.Tensors.add;
import static org.counterweight.engine.Tensors.plus;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.slice;
import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.solve.Programme.Factor;

/**
 * A primal-dual active set method for the weights over a dense kernel: each step solves for the weights that are between their
 * bounds, as if the others stayed there; those that come out beyond a bound are held at it next, those held that are pulled away
 * from it are let go. A step factorises the rows and columns of the free weights alone, and some 15 steps are usual, against
 * twice as many of all rows by an interior-point method. The ball is met by its multiplier ν, which takes a Newton step with each.
 *
 * <p>M. Hintermüller, K. Ito and K. Kunisch, "The Primal-Dual Active Set Strategy as a Semismooth Newton Method", SIAM Journal
 * on Optimization 13 (2003); it need not converge where the kernel is nearly singular, so its end is judged by the gap. The step
 * of ν: J. J. Moré and D. C. Sorensen, "Computing a Trust Region Step", SIAM J. Sci. Stat. Comput. 4 (1983).
 */
final class WeightNewton {
    private static final int MOST_STEPS = 40;
    private static final int PATIENCE = 7; // steps in which what changes must halve
    private static final double FREE = 0.6; // of the weights, at first
    private static final double FEW = 0.01; // of the weights: when so few change the end may be there
    private static final double PROXIMAL = 1e-10; // of the mean diagonal: a matrix that is singular can be factorised
    private static final double FIRST_BALL = 1e-2; // ν at first, of the mean diagonal
    private static final double LEAST = 0.2; // what a step leaves of ν
    private static final double MOST = 5;
    private static final double ROUNDING = 1e-14;
    private static final double WITHIN = 1e-12; // of ε, by which the means may differ more

    private final WeightProblem problem;
    private final Gram.Dense form;
    private final Tensor isAlpha; // 1 or 0, [free]
    private final double proximal;
    private final double tolerance;

    /** The weights that are held at a bound, bool {@code [free]}. */
    private record Held(Tensor low, Tensor high) {
        /** The places of the others. */
        Tensor free() {
            return low.logical_or(high).logical_not().nonzero().squeeze(1);
        }

        long changed(Held other) {
            return low.ne(other.low).logical_or(high.ne(other.high)).sum().item_long();
        }

        Held kept(Scope scope) {
            return new Held(scope.keep(low), scope.keep(high));
        }
    }

    /** Where a step has led: weights that may be beyond their bounds, H x, and ν. */
    private record Step(Tensor x, Tensor image, double ball) {}

    /**
     * Where the method ended.
     *
     * @param x the weights, within all that they may be but for the condition on the means
     * @param value N vᵀ K v
     * @param gap how far above the least it may lie
     * @param steps taken
     * @param converged whether the gap is within the tolerance and the condition on the means is met
     */
    record End(Tensor x, double value, double gap, int steps, boolean converged) {}

    private WeightNewton(WeightProblem problem, Gram.Dense form, double tolerance) {
        this.problem = problem;
        this.form = form;
        this.tolerance = tolerance;
        this.isAlpha = torch.zeros_like(problem.upper());
        problem.alpha(isAlpha).fill_(scalar(1));
        this.proximal = PROXIMAL * form.k().diagonal().mean().item_double();
    }

    /**
     * Solves the problem, or gives up.
     *
     * @param form of the problem
     * @param tolerance of the gap, relative to 1 + the value
     */
    static End solve(WeightProblem problem, Gram.Dense form, double tolerance) {
        try (var scope = Scope.open()) {
            End end = new WeightNewton(problem, form, tolerance).solve();
            return new End(scope.keep(end.x), end.value, end.gap, end.steps, end.converged);
        }
    }

    private End solve() {
        Held held = begin();
        double ball = problem.radius() > 0 ? FIRST_BALL * proximal / PROXIMAL : 0;
        Tensor center = torch.zeros_like(isAlpha);
        long fewest = problem.size();
        int since = 0;
        for (int steps = 1; ; steps++) {
            try (var own = Scope.open()) {
                Step step = step(held, ball, center);
                ball = step.ball;
                Held next = next(held, step, center);
                long changed = next.changed(held);
                boolean last = steps == MOST_STEPS || since == PATIENCE;
                Tensor within = within(step.x);
                if (last || changed <= FEW * problem.size()) {
                    End end = end(within, ball, steps);
                    if (last || end.converged) {
                        return new End(own.keep(end.x), end.value, end.gap, steps, end.converged);
                    }
                }
                since = changed <= fewest / 2 ? 0 : since + 1;
                fewest = since == 0 ? changed : fewest;
                center = own.keep(within);
                held = next.kept(own);
            }
        }
    }

    /**
     * Some three of five weights are free, so that the first step is no dearer than the others. By the slope where all are 1,
     * and not by their places, since rows that are the same are to get the same weights: where it is steepest β is 0 and α 1.
     */
    private Held begin() {
        Tensor slope = form.times(torch.ones_like(isAlpha)).add(problem.linear());
        Tensor low = torch.zeros_like(isAlpha).gt(scalar(0));
        Tensor high = low.clone();
        long n = problem.alphaFrom();
        if (n > 0) {
            Tensor ofBeta = slice(slope, 0, 0, n);
            slice(low, 0, 0, n).copy_(ofBeta.gt(least(ofBeta, FREE)));
        }
        if (n < problem.size()) {
            Tensor ofAlpha = problem.alpha(slope);
            problem.alpha(high).copy_(ofAlpha.gt(least(ofAlpha, FREE)));
        }
        return new Held(low, high);
    }

    /** The number that a share of the numbers are not above. */
    private static Tensor least(Tensor numbers, double share) {
        long place = Math.max(1, Math.round(share * numbers.numel()));
        return numbers.kthvalue(place).get0();
    }

    /** The free weights as the conditions of the optimum have them, at a ν that has taken a Newton step. */
    private Step step(Held held, double ball, Tensor center) {
        Tensor free = held.free();
        Tensor x = problem.upper().mul(held.high.to(ScalarType.Double));
        Tensor right = times(isAlpha, ball)
                .sub(problem.linear())
                .sub(form.times(x))
                .add(center, scalar(proximal))
                .index_select(0, free);
        Tensor alphas = isAlpha.index_select(0, free);
        Factor factor = form.block(free, plus(times(alphas, ball), proximal));
        Tensor found = factor.solve(right);
        double next = ball;
        if (problem.radius() > 0) {
            Tensor away = alphas.mul(plus(found.neg(), 1)); // 1 − α of the free
            Tensor slope = factor.solve(away);
            Tensor all = plus(problem.alpha(x.index_copy(0, free, found)).neg(), 1);
            double norm = Tensors.norm2(all, false, 0).item_double();
            double fall = slope.dot(away).item_double() / norm; // −d‖1 − α‖ / dν
            if (fall > 0) {
                double newton = ball + (norm / problem.radius() - 1) * norm / fall;
                next = Math.min(MOST * ball, Math.max(LEAST * ball, newton));
                found = add(found, slope, next - ball);
            }
        }
        Tensor reached = x.index_copy(0, free, found);
        return new Step(reached, form.times(reached), next);
    }

    /** What is held next. */
    private Held next(Held held, Step step, Tensor center) {
        Tensor pull = step.image
                .add(problem.linear())
                .add(isAlpha.mul(plus(step.x, -1)), scalar(step.ball))
                .add(step.x.sub(center), scalar(proximal)); // the slope of the Lagrangian
        double rounding = ROUNDING * Math.max(1, step.image.abs().max().item_double());
        Tensor free = held.low.logical_or(held.high).logical_not();
        return new Held(
                free.logical_and(step.x.lt(scalar(0))).logical_or(held.low.logical_and(pull.ge(scalar(-rounding)))),
                free.logical_and(step.x.gt(problem.upper()))
                        .logical_or(held.high.logical_and(pull.le(scalar(rounding)))));
    }

    /** The nearest point between the bounds, moved into the ball. */
    private Tensor within(Tensor x) {
        Tensor within = torch.minimum(x.clamp_min(scalar(0)), problem.upper());
        if (problem.radius() > 0) {
            Tensor alpha = problem.alpha(within);
            Tensor away = plus(alpha.neg(), 1);
            double norm = Tensors.norm2(away, false, 0).item_double();
            if (norm > problem.radius()) {
                alpha.copy_(plus(times(away, -problem.radius() / norm), 1));
            }
        }
        return within;
    }

    private End end(Tensor x, double ball, int steps) {
        Tensor image = form.times(x);
        double value = problem.value(x, image);
        double gap = problem.gap(x, image, ball);
        boolean met = Math.abs(problem.meanDifference(x).item_double()) <= problem.epsilon() + WITHIN;
        return new End(x, value, gap, steps, met && gap <= tolerance * (1 + Math.abs(value)));
    }
}
