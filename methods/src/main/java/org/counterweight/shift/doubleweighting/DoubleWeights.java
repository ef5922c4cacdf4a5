package org.counterweight.shift.doubleweighting;

import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.slice;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.solve.InteriorPoint;
import org.counterweight.shift.solve.Solution;
import org.jspecify.annotations.Nullable;

/**
 * Weights of both tables by double-weighting kernel mean matching: β for training rows, α for those of the deployment, so that
 * the weighted means of both agree in the kernel's space. D = 1 is kernel mean matching (α = 1), D = ∞ the robust extreme
 * (β = 1).
 *
 * <p>J. I. Segovia-Martin, S. Mazuelas and A. Liu, ICML 2023: minimise vᵀ K v, v = (β / n, −α / t), over 0 ≤ β ≤ B/√D,
 * 0 ≤ α ≤ 1, |mean β − mean α| ≤ ε, ‖α − 1‖ ≤ (1 − 1/√D) √t.
 *
 * @param beta {@code [n]}
 * @param alpha {@code [t]}
 * @param objective vᵀ K v
 * @param gap how far above the least value it may lie
 * @param steps of the solver
 * @param converged whether the solver reached its tolerance
 */
public record DoubleWeights(Tensor beta, Tensor alpha, double objective, double gap, int steps, boolean converged) {
    private static final double TOLERANCE = 1e-11;
    private static final double CLOSE = 1e-10; // of the active set method's gap, which is bounded from x alone
    private static final double NEAR = 1e-9;
    private static final double LEAST_EPSILON = 1e-9; // so that there is a point between the two bounds

    /** The default of ε for D below ∞: 1 − 1/√n. */
    public static double epsilon(long n) {
        return 1 - 1 / Math.sqrt(n);
    }

    /** Weights over the exact kernel of both tables, {@code [n, d]} and {@code [t, d]}. */
    public static DoubleWeights of(Tensor train, Tensor deployed, double sigma, Limits limits) {
        try (var scope = Scope.open()) {
            Tensor all = torch.cat(new TensorVector(train, deployed), 0);
            return ofGram(Kernel.gram(all, all, sigma), train.size(0), deployed.size(0), limits)
                    .kept(scope);
        }
    }

    /**
     * Weights over a kernel's values.
     *
     * @param gram of all rows with all rows, the n training rows first, {@code [n + t, n + t]}
     */
    public static DoubleWeights ofGram(Tensor gram, long n, long t, Limits limits) {
        try (var scope = Scope.open()) {
            return of(new Gram.Dense(gram), n, t, limits).kept(scope);
        }
    }

    /**
     * Weights over features whose products are the kernel's values: in memory of their size.
     *
     * @param features of all rows, the n training rows first, {@code [n + t, k]}
     */
    public static DoubleWeights ofFeatures(Tensor features, long n, long t, Limits limits) {
        try (var scope = Scope.open()) {
            return of(new Gram.Thin(features), n, t, limits).kept(scope);
        }
    }

    /**
     * What the weights may be.
     *
     * @param d D, of at least 1; may be infinite
     * @param b B, above 0
     * @param epsilon ε in [0, 1]; NaN for the default
     */
    public record Limits(double d, double b, double epsilon) {
        public Limits {
            if (!(d >= 1)) {
                throw new ConfigException("double_weighting.d", d, "a number of at least 1, or .inf (4 is usual)");
            }
            if (!(b > 0 && Double.isFinite(b))) {
                throw new ConfigException("double_weighting.b", b, "a number above 0 (1000 is usual)");
            }
            if (epsilon < 0 || epsilon > 1) {
                throw new ConfigException("double_weighting.epsilon", epsilon, "a number in [0, 1], or null");
            }
        }

        /** C = B / √D, the highest β. */
        public double highest() {
            return b / Math.sqrt(d);
        }

        double epsilon(long n, long t) {
            return Double.isNaN(epsilon) ? DoubleWeights.epsilon(Double.isInfinite(d) ? t : n) : epsilon;
        }
    }

    private static DoubleWeights of(Gram gram, long n, long t, Limits limits) {
        WeightProblem problem = problem(gram, n, t, limits);
        DoubleWeights found = problem.form() instanceof Gram.Dense dense ? byActiveSet(problem, dense, n, t) : null;
        return found == null ? byInteriorPoint(problem, n, t) : found;
    }

    private static WeightProblem problem(Gram gram, long n, long t, Limits limits) {
        double epsilon = limits.epsilon(n, t);
        double share = 1 - 1 / Math.sqrt(limits.d()); // 0 at D = 1, 1 at ∞
        WeightProblem.Free free = limits.d() == 1
                ? WeightProblem.Free.TRAINING
                : Double.isInfinite(limits.d()) ? WeightProblem.Free.DEPLOYMENT : WeightProblem.Free.BOTH;
        double needed = 1 - share - limits.highest(); // the least mean of α less the highest of β
        if (free != WeightProblem.Free.DEPLOYMENT && needed > epsilon) {
            throw new ConfigException("double_weighting.b: with B = " + limits.b() + " and D = " + limits.d()
                    + " no weight may be above " + limits.highest()
                    + ", so the means of the weights differ by at least "
                    + needed + ", which epsilon = " + epsilon + " does not allow; raise b or epsilon");
        }
        double radius = free == WeightProblem.Free.BOTH ? share * Math.sqrt(t) : 0;
        return WeightProblem.of(gram, n, t, free, limits.highest(), Math.max(epsilon, LEAST_EPSILON), radius);
    }

    /** By the faster method; null where it does not reach the tolerance. */
    private static @Nullable DoubleWeights byActiveSet(WeightProblem problem, Gram.Dense form, long n, long t) {
        try {
            WeightNewton.End end = WeightNewton.solve(problem, form, CLOSE);
            return end.converged() ? of(problem, end.x(), n, t, end.gap(), end.steps(), true) : null;
        } catch (ArithmeticException e) {
            return null; // a block that cannot be factorised: the interior point ends with a gap if it meets that too
        }
    }

    /** By the method that always gets there, as a reference. */
    static DoubleWeights byInteriorPoint(Tensor gram, long n, long t, Limits limits) {
        return byInteriorPoint(problem(new Gram.Dense(gram), n, t, limits), n, t);
    }

    private static DoubleWeights byInteriorPoint(WeightProblem problem, long n, long t) {
        Solution solution = InteriorPoint.solve(new WeightProgramme(problem), problem.start(), TOLERANCE);
        double most = problem.value(solution.x()); // no objective is below 0
        boolean done = solution.converged() || most <= CLOSE;
        return of(problem, solution.x(), n, t, Math.min(solution.gap(), most), solution.steps(), done);
    }

    private static DoubleWeights of(
            WeightProblem problem, Tensor x, long n, long t, double gap, int steps, boolean converged) {
        boolean fixedBeta = problem.alphaFrom() == 0;
        boolean fixedAlpha = problem.alphaFrom() == problem.size();
        return new DoubleWeights(
                fixedBeta
                        ? ones(n)
                        : atBounds(
                                slice(x, 0, 0, n), problem.upper().select(0, 0).item_double()),
                fixedAlpha ? ones(t) : atBounds(problem.alpha(x), 1),
                problem.objective(x),
                gap / problem.scale(),
                steps,
                converged);
    }

    /** An interior point comes near its bounds; what is all but there is put there. */
    private static Tensor atBounds(Tensor weights, double highest) {
        Tensor low = torch.where(weights.lt(scalar(NEAR)), torch.zeros_like(weights), weights);
        Tensor bound = torch.full_like(weights, scalar(highest));
        return torch.where(weights.gt(scalar(highest * (1 - NEAR))), bound, low);
    }

    private static Tensor ones(long length) {
        return torch.ones(new long[] {length}, Tensors.options(ScalarType.Double));
    }

    private DoubleWeights kept(Scope scope) {
        return new DoubleWeights(scope.keep(beta), scope.keep(alpha), objective, gap, steps, converged);
    }
}
