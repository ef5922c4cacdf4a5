package org.counterweight.shift.doubleweighting.ratio;

import static org.counterweight.engine.Tensors.add;
import static org.counterweight.engine.Tensors.mean;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.shift.doubleweighting.Kernel;
import org.counterweight.shift.solve.Cholesky;

/**
 * The relative density ratio p_te / (a p_te + (1 − a) p_tr), fitted by least squares: uLSIF with a = 0, RuLSIF above.
 *
 * <p>M. Yamada et al., "Relative Density-Ratio Estimation for Robust Distribution Comparison", NeurIPS 2011; T. Kanamori,
 * S. Hido and M. Sugiyama, "A Least-squares Approach to Direct Importance Estimation", JMLR 2009.
 *
 * @param centers of the kernels, {@code [c, d]}
 * @param theta θ, {@code [c]}
 */
public record RelativeRatio(Tensor centers, double sigma, Tensor theta) {
    /**
     * Fits θ = (H + ridge I)⁻¹ h with H = a E_te[φφᵀ] + (1 − a) E_tr[φφᵀ] and h = E_te[φ].
     *
     * @param a in [0, 1)
     * @param ridge above 0
     */
    public static RelativeRatio fit(
            Tensor train, Tensor deployed, Tensor centers, double sigma, double a, double ridge) {
        try (var scope = Scope.open()) {
            Tensor tr = Kernel.gram(train, centers, sigma);
            Tensor te = Kernel.gram(deployed, centers, sigma);
            Tensor h =
                    add(times(tr.t().matmul(tr), (1 - a) / tr.size(0)), te.t().matmul(te), a / te.size(0));
            h.diagonal().add_(scalar(ridge));
            Tensor theta = Cholesky.of(h).solve(mean(te, false, 0));
            return new RelativeRatio(centers, sigma, scope.keep(theta));
        }
    }

    /** The ratio at rows {@code [n, d]}: max(φ(x)ᵀ θ, 0), {@code [n]}. */
    public Tensor at(Tensor x) {
        return Kernel.gram(x, centers, sigma).mv(theta).relu();
    }
}
