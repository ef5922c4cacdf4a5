package org.counterweight.shift.doubleweighting;

import static org.counterweight.engine.Tensors.add;
import static org.counterweight.engine.Tensors.plus;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.solve.Programme.Factor;

/**
 * A primal-dual active set method for the weights over a dense kernel: each step solves for the weights that are between their
 * bounds, as if the others stayed there; those that come out beyond a bound are held at it next, those held that are pulled away
 * from it are let go. The ball is met by its multiplier ν, which takes a Newton step with each. Some 15 steps are usual. The first
 * few go by the kernel in float32 with more of a proximal term, until few weights change; from there on a factor serves for
 * several steps ({@link FreeBlock}). Each step moves the weights by what is left of their slope, so that a factor need not be
 * exact for the steps to be.
 *
 * <p>M. Hintermüller, K. Ito and K. Kunisch, "The Primal-Dual Active Set Strategy as a Semismooth Newton Method", SIAM Journal
 * on Optimization 13 (2003); it need not converge where the kernel is nearly singular, so its end is judged by the gap. The step
 * of ν: J. J. Moré and D. C. Sorensen, "Computing a Trust Region Step", SIAM J. Sci. Stat. Comput. 4 (1983).
 */
final class WeightNewton {
    private static final int MOST_STEPS = 40;
    private static final int MOST_ROUGH = 8; // steps in float32
    private static final int PATIENCE = 7; // steps in which what changes must halve
    private static final double SOME = 0.04; // of the weights: when so few change float32 has done its part
    private static final double FEW = 0.01; // of the weights: when so few change the end may be there
    private static final double ROUGH =
            3e-3; // the proximal term of the mean diagonal: rounding of float32 is well below
    private static final double PROXIMAL = 1e-10; // a matrix that is singular can be factorised
    private static final double FIRST_BALL = 0.1; // ν at first, of the mean diagonal
    private static final double LEAST = 0.2; // what a step leaves of ν
    private static final double MOST = 5;
    private static final double DRIFT = 0.02; // of ν, with which a factor still serves
    private static final double ROUNDING = 1e-14;
    private static final double WITHIN = 1e-12; // of ε, by which the means may differ more

    private final WeightProblem problem;
    private final Gram.Dense form;
    private final Tensor isAlpha; // 1 or 0, [free]
    private final double proximal;

    /**
     * Where the method stands.
     *
     * @param steps taken
     * @param held what is held next
     * @param x the weights, which may be beyond their bounds
     * @param image H x
     * @param center the nearest weights within all bounds
     * @param ball ν
     */
    private record State(int steps, HeldWeights held, Tensor x, Tensor image, Tensor center, double ball) {
        State kept(Scope scope) {
            return new State(steps, held.kept(scope), scope.keep(x), scope.keep(image), scope.keep(center), ball);
        }
    }

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

    private WeightNewton(WeightProblem problem, Gram.Dense form, double proximal) {
        this.problem = problem;
        this.form = form;
        this.isAlpha = torch.zeros_like(problem.upper());
        problem.alpha(isAlpha).fill_(scalar(1));
        this.proximal = proximal;
    }

    /**
     * Solves the problem, or gives up.
     *
     * @param form of the problem
     * @param tolerance of the gap, relative to 1 + the value
     * @throws ArithmeticException if a block cannot be factorised
     */
    static End solve(WeightProblem problem, Gram.Dense form, double tolerance) {
        try (var scope = Scope.open()) {
            double size = form.diagonalMean();
            Tensor ones = torch.ones_like(problem.upper());
            Tensor image = form.times(ones);
            HeldWeights held = HeldWeights.begin(problem, image.add(problem.linear()));
            State state = new State(0, held, ones, image, ones, problem.radius() > 0 ? FIRST_BALL * size : 0);
            State near = new WeightNewton(problem, form.single(), ROUGH * size).approached(state);
            State exact = new State(near.steps, near.held, near.x, form.times(near.x), near.center, near.ball);
            End end = new WeightNewton(problem, form, PROXIMAL * size).ended(exact, tolerance);
            return new End(scope.keep(end.x), end.value, end.gap, end.steps, end.converged);
        }
    }

    /** Until few weights change. */
    private State approached(State from) {
        State state = from;
        boolean near = false;
        while (!near && state.steps < MOST_ROUGH) {
            try (var own = Scope.open()) {
                FreeBlock block = block(state);
                double ball = state.ball;
                do {
                    State next = step(state, block);
                    near = next.held.changed(state.held) <= SOME * problem.size();
                    state = next;
                } while (!near && state.steps < MOST_ROUGH && serves(block, ball, state));
                state = state.kept(own);
            }
        }
        return state;
    }

    private End ended(State from, double tolerance) {
        State state = from;
        long fewest = problem.size();
        int since = 0;
        while (true) {
            try (var own = Scope.open()) {
                FreeBlock block = block(state);
                double ball = state.ball;
                do {
                    State next = step(state, block);
                    long changed = next.held.changed(state.held);
                    boolean last = next.steps == MOST_STEPS || since == PATIENCE;
                    if (last || changed <= FEW * problem.size()) {
                        End end = end(next, tolerance);
                        if (last || end.converged) {
                            return new End(own.keep(end.x), end.value, end.gap, next.steps, end.converged);
                        }
                    }
                    since = changed <= fewest / 2 ? 0 : since + 1;
                    fewest = since == 0 ? changed : fewest;
                    state = next;
                } while (serves(block, ball, state));
                state = state.kept(own);
            }
        }
    }

    private static boolean serves(FreeBlock block, double ball, State state) {
        return Math.abs(state.ball - ball) <= DRIFT * ball && block.serves(state.held.free());
    }

    private FreeBlock block(State state) {
        return FreeBlock.of(form, state.held.free(), plus(times(isAlpha, state.ball), proximal));
    }

    /** The free weights move to where the conditions of the optimum have them, at a ν that has taken a Newton step. */
    private State step(State state, FreeBlock block) {
        HeldWeights held = state.held;
        Tensor free = held.free();
        Tensor bounded =
                torch.where(held.low(), torch.zeros_like(state.x), torch.where(held.high(), problem.upper(), state.x));
        Tensor image = moved(state.image, bounded.sub(state.x));
        double ball = state.ball;
        Factor factor = block.over(free);
        Tensor x = bounded.sub(factor.solve(pull(bounded, image, state.center, ball)));
        if (problem.radius() > 0) {
            Tensor away = isAlpha.mul(free).mul(plus(x.neg(), 1)); // 1 − α of the free
            Tensor slope = factor.solve(away);
            double norm = norm(plus(problem.alpha(x).neg(), 1));
            double fall = slope.dot(away).item_double() / norm; // −d‖1 − α‖ / dν
            if (fall > 0) {
                double newton = ball + (norm / problem.radius() - 1) * norm / fall;
                ball = Math.min(MOST * ball, Math.max(LEAST * ball, newton));
                x = add(x, slope, ball - state.ball);
            }
        }
        Tensor reached = image.add(form.times(x.sub(bounded)));
        double rounding = ROUNDING * Math.max(1, reached.abs().max().item_double());
        HeldWeights next = held.next(x, problem.upper(), pull(x, reached, state.center, ball), rounding);
        return new State(state.steps + 1, next, x, reached, within(x), ball);
    }

    /** H x after weights have moved to their bounds. */
    private Tensor moved(Tensor image, Tensor by) {
        Tensor places = by.nonzero().squeeze(1);
        return image.add(form.times(places, by.index_select(0, places)));
    }

    /** The slope of the Lagrangian with its proximal term. */
    private Tensor pull(Tensor x, Tensor image, Tensor center, double ball) {
        return image.add(problem.linear())
                .add(isAlpha.mul(plus(x, -1)), scalar(ball))
                .add(x.sub(center), scalar(proximal));
    }

    private static double norm(Tensor vector) {
        return Tensors.norm2(vector, false, 0).item_double();
    }

    /** The nearest point between the bounds, moved into the ball. */
    private Tensor within(Tensor x) {
        Tensor within = torch.minimum(x.clamp_min(scalar(0)), problem.upper());
        if (problem.radius() > 0) {
            Tensor alpha = problem.alpha(within);
            Tensor away = plus(alpha.neg(), 1);
            double norm = norm(away);
            if (norm > problem.radius()) {
                alpha.copy_(plus(times(away, -problem.radius() / norm), 1));
            }
        }
        return within;
    }

    private End end(State state, double tolerance) {
        Tensor image = form.times(state.center);
        double value = problem.value(state.center, image);
        double gap = problem.gap(state.center, image, state.ball);
        boolean met = Math.abs(problem.meanDifference(state.center).item_double()) <= problem.epsilon() + WITHIN;
        return new End(state.center, value, gap, state.steps, met && gap <= tolerance * (1 + Math.abs(value)));
    }
}
