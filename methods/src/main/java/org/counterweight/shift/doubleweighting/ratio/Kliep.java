package org.counterweight.shift.doubleweighting.ratio;

import static org.counterweight.engine.Tensors.mean;
import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.shift.doubleweighting.Kernel;
import org.counterweight.shift.solve.Cholesky;
import org.counterweight.shift.solve.InteriorPoint;
import org.counterweight.shift.solve.Programme;

/**
 * The density ratio that is likeliest: maximise E_te[log φ(x)ᵀ θ] over θ ≥ 0 with E_tr[φᵀ θ] = 1.
 *
 * <p>M. Sugiyama et al., "Direct importance estimation for covariate shift adaptation", AISM 2008.
 *
 * @param centers of the kernels, {@code [c, d]}
 * @param theta θ, {@code [c]}
 */
public record Kliep(Tensor centers, double sigma, Tensor theta) {
    private static final double TOLERANCE = 1e-12;

    /**
     * Fits θ by an interior-point method.
     *
     * @param train {@code [n, d]}
     * @param deployed {@code [t, d]}
     * @param centers of the kernels, {@code [c, d]}
     * @param sigma their width, above 0
     */
    public static Kliep fit(Tensor train, Tensor deployed, Tensor centers, double sigma) {
        try (var scope = Scope.open()) {
            Tensor te = Kernel.gram(deployed, centers, sigma);
            Tensor cost = mean(Kernel.gram(train, centers, sigma), false, 0);
            double unit = 1 / cost.sum().item_double(); // θ is about as large
            var programme = new Likelihood(times(te, unit), times(cost, unit));
            Tensor start = torch.ones_like(cost);
            Tensor theta = InteriorPoint.solve(programme, start, TOLERANCE).x();
            return new Kliep(centers, sigma, scope.keep(times(theta, unit)));
        }
    }

    /** The ratio at rows {@code [n, d]}, {@code [n]}. */
    public Tensor at(Tensor x) {
        return Kernel.gram(x, centers, sigma).mv(theta).relu();
    }

    /** −Σ log φᵀ θ + t (costᵀ θ − 1) over θ ≥ 0: its least point has costᵀ θ = 1 by itself. */
    private record Likelihood(Tensor phi, Tensor cost) implements Programme {
        private double rows() {
            return phi.size(0);
        }

        @Override
        public double value(Tensor x) {
            return rows() * (cost.dot(x).item_double() - 1)
                    - phi.mv(x).log().sum().item_double();
        }

        @Override
        public Tensor gradient(Tensor x) {
            return times(cost, rows()).sub(phi.t().mv(phi.mv(x).reciprocal()));
        }

        @Override
        public Tensor constraints(Tensor x) {
            return x;
        }

        @Override
        public Tensor along(Tensor x, Tensor direction) {
            return direction;
        }

        @Override
        public Tensor across(Tensor x, Tensor multipliers) {
            return multipliers;
        }

        @Override
        public Tensor curvature(Tensor x, Tensor multipliers, Tensor d) {
            return phi.t().mv(phi.mv(d).div(phi.mv(x).square()));
        }

        @Override
        public Factor factor(Tensor x, Tensor multipliers, Tensor weights) {
            Tensor scaled = phi.div(phi.mv(x).unsqueeze(1));
            Tensor matrix = scaled.t().matmul(scaled);
            matrix.diagonal().add_(weights);
            return Cholesky.of(matrix);
        }
    }
}
