package org.counterweight.shift.solve;

import static org.counterweight.engine.Tensors.add;
import static org.counterweight.engine.Tensors.plus;
import static org.counterweight.engine.Tensors.scalar;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.jspecify.annotations.Nullable;

/**
 * A primal-dual interior-point method with predictor and corrector: some 10 to 30 Newton steps, whatever the size and the
 * condition of the programme.
 *
 * <p>S. Mehrotra, "On the implementation of a primal-dual interior point method", SIAM Journal on Optimization 2 (1992); the
 * start need not satisfy the constraints. With slacks s = c(x) and multipliers y the conditions are ∇f = Jᵀ y, s ∘ y = 0.
 */
public final class InteriorPoint {
    private static final double FLOOR = 1e-2; // of slacks at the start
    private static final double TO_THE_EDGE = 0.995;
    private static final double LEAST_STEP = 1e-10;
    private static final int MOST_STEPS = 200;
    private static final double CLOSE = 1e-6; // from here on a step that does not help is rounding
    private static final int PATIENCE = 8; // such steps
    private static final double NEAR = 1e3; // tolerances that still count as converged
    private static final int REFINEMENTS = 2; // at most
    private static final double EXACT = 1e-11; // of the right side, from where on a refinement would gain nothing

    private final Programme programme;
    private final double tolerance;

    private InteriorPoint(Programme programme, double tolerance) {
        this.programme = programme;
        this.tolerance = tolerance;
    }

    /** Where the method stands. */
    private record Point(Tensor x, Tensor slacks, Tensor multipliers) {
        double gap() {
            return slacks.dot(multipliers).item_double();
        }

        /** The mean product, which goes to zero. */
        double centre() {
            return gap() / Math.max(1, slacks.numel());
        }

        Point moved(Direction by, double length) {
            return new Point(
                    add(x, by.x, length), add(slacks, by.slacks, length), add(multipliers, by.multipliers, length));
        }

        /** Beyond every scope, until it is closed. */
        Point owned() {
            return new Point(Scope.own(x), Scope.own(slacks), Scope.own(multipliers));
        }
    }

    private record Direction(Tensor x, Tensor slacks, Tensor multipliers) {}

    /** How far the conditions are from being met. */
    private record State(double value, double gap, double residual, Tensor dual, Tensor primal) {
        double relativeGap() {
            return gap / (1 + Math.abs(value));
        }

        /** One figure to compare points by. */
        double miss() {
            return Math.max(relativeGap(), residual);
        }
    }

    /** A point that was reached, freed when a better one or the next takes its place: a step costs no memory for good. */
    private record Reached(Point point, State state) implements AutoCloseable {
        double miss() {
            return state.miss();
        }

        @Override
        public void close() {
            point.x.close();
            point.slacks.close();
            point.multipliers.close();
            state.dual.close();
            state.primal.close();
        }
    }

    /**
     * Solves a programme.
     *
     * @param start {@code [variables]}, within the domain of f
     * @param tolerance of the gap, relative to 1 + |f|
     * @return the solution, or the best point reached, which says that it did not converge
     */
    public static Solution solve(Programme programme, Tensor start, double tolerance) {
        return new InteriorPoint(programme, tolerance).solve(start);
    }

    private Solution solve(Tensor start) {
        Reached at = start(start);
        Reached best = at;
        try (var scope = Scope.open()) {
            int steps = 0;
            int worse = 0;
            while (best.miss() > tolerance && steps < MOST_STEPS && worse < PATIENCE) {
                Reached next = step(at);
                if (next == null) {
                    break;
                }
                steps++;
                if (at != best) {
                    at.close();
                }
                at = next;
                if (!Double.isFinite(at.miss())) {
                    break;
                }
                if (at.miss() < best.miss()) {
                    worse = 0;
                    best.close();
                    best = at;
                } else if (best.miss() < CLOSE) {
                    worse++;
                }
            }
            return new Solution(
                    scope.keep(best.point.x),
                    scope.keep(best.point.multipliers),
                    best.state.value,
                    best.state.gap,
                    best.state.residual,
                    steps,
                    best.miss() <= NEAR * tolerance);
        } finally {
            if (at != best) {
                at.close();
            }
            best.close();
        }
    }

    private Reached start(Tensor x) {
        try (var scope = Scope.open()) {
            Tensor slacks = programme.constraints(x).clamp_min(scalar(FLOOR));
            return reached(new Point(x, slacks, slacks.reciprocal()));
        }
    }

    private Reached reached(Point at) {
        Tensor gradient = programme.gradient(at.x);
        Tensor dual = gradient.sub(programme.across(at.x, at.multipliers));
        Tensor primal = programme.constraints(at.x).sub(at.slacks);
        double residual = Math.max(largest(dual) / (1 + largest(gradient)), largest(primal) / (1 + largest(at.slacks)));
        return new Reached(
                at.owned(), new State(programme.value(at.x), at.gap(), residual, Scope.own(dual), Scope.own(primal)));
    }

    private static double largest(Tensor tensor) {
        return tensor.numel() == 0 ? 0 : tensor.abs().max().item_double();
    }

    /** One predictor and corrector; null where no step is possible any more. */
    private @Nullable Reached step(Reached from) {
        Point at = from.point;
        try (var scope = Scope.open()) {
            Tensor weights = at.multipliers.div(at.slacks);
            Programme.Factor factor;
            try {
                factor = programme.factor(at.x, at.multipliers, weights);
            } catch (ArithmeticException e) {
                return null; // the point so far is returned with its gap
            }
            var system = new NewtonSystem(at, from.state, weights, factor);
            Tensor products = at.slacks.mul(at.multipliers);
            Direction predictor = system.direction(products);
            double reach = Math.min(
                    1, Math.min(toEdge(at.slacks, predictor.slacks), toEdge(at.multipliers, predictor.multipliers)));
            double centre = at.centre();
            double left = centre == 0 ? 0 : at.moved(predictor, reach).centre() / centre;
            double aim = Math.pow(left, 3) * centre;
            Direction corrector =
                    system.direction(plus(products.add(predictor.slacks.mul(predictor.multipliers)), -aim));
            double length = Math.min(
                    1,
                    TO_THE_EDGE
                            * Math.min(
                                    toEdge(at.slacks, corrector.slacks),
                                    toEdge(at.multipliers, corrector.multipliers)));
            return length >= LEAST_STEP ? reached(at.moved(corrector, length)) : null;
        }
    }

    /** How far one can go until a number becomes zero. */
    private static double toEdge(Tensor positive, Tensor direction) {
        double fastest =
                positive.numel() == 0 ? 0 : direction.div(positive).min().item_double();
        return fastest < 0 ? -1 / fastest : Double.POSITIVE_INFINITY;
    }

    /** The Newton equations at a point, reduced to the variables. */
    private final class NewtonSystem {
        private final Point at;
        private final State state;
        private final Tensor weights;
        private final Programme.Factor factor;

        NewtonSystem(Point at, State state, Tensor weights, Programme.Factor factor) {
            this.at = at;
            this.state = state;
            this.weights = weights;
            this.factor = factor;
        }

        /** @param products what s ∘ y is to lose */
        Direction direction(Tensor products) {
            Tensor towards = products.div(at.slacks).neg();
            Tensor right = programme
                    .across(at.x, towards.sub(weights.mul(state.primal)))
                    .sub(state.dual);
            Tensor dx = factor.solve(right);
            for (int i = 0; i < REFINEMENTS; i++) {
                Tensor left = right.sub(product(dx));
                if (largest(left) <= EXACT * largest(right)) {
                    break;
                }
                dx = dx.add(factor.solve(left));
            }
            Tensor ds = programme.along(at.x, dx).add(state.primal);
            return new Direction(dx, ds, towards.sub(weights.mul(ds)));
        }

        private Tensor product(Tensor d) {
            return programme
                    .curvature(at.x, at.multipliers, d)
                    .add(programme.across(at.x, weights.mul(programme.along(at.x, d))));
        }
    }
}
