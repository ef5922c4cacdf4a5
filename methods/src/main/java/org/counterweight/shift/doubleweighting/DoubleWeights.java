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
        double epsilon = limits.epsilon(n, t);
        double share = 1 - 1 / Math.sqrt(limits.d()); // 0 at D = 1, 1 at ∞
        WeightProgramme.Free free = limits.d() == 1
                ? WeightProgramme.Free.TRAINING
                : Double.isInfinite(limits.d()) ? WeightProgramme.Free.DEPLOYMENT : WeightProgramme.Free.BOTH;
        double needed = 1 - share - limits.highest(); // the least mean of α less the highest of β
        if (free != WeightProgramme.Free.DEPLOYMENT && needed > epsilon) {
            throw new ConfigException("double_weighting.b: with B = " + limits.b() + " and D = " + limits.d()
                    + " no weight may be above " + limits.highest()
                    + ", so the means of the weights differ by at least "
                    + needed + ", which epsilon = " + epsilon + " does not allow; raise b or epsilon");
        }
        double radius = free == WeightProgramme.Free.BOTH ? share * Math.sqrt(t) : 0;
        var programme =
                new WeightProgramme(gram, n, t, free, limits.highest(), Math.max(epsilon, LEAST_EPSILON), radius);
        Solution solution = InteriorPoint.solve(programme, programme.start(), TOLERANCE);
        Tensor x = solution.x();
        boolean fixedBeta = free == WeightProgramme.Free.DEPLOYMENT;
        boolean fixedAlpha = free == WeightProgramme.Free.TRAINING;
        return new DoubleWeights(
                fixedBeta ? ones(n) : atBounds(slice(x, 0, 0, n), limits.highest()),
                fixedAlpha ? ones(t) : atBounds(slice(x, 0, x.numel() - t, x.numel()), 1),
                programme.objective(x),
                solution.gap() / (n + t),
                solution.steps(),
                solution.converged());
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
