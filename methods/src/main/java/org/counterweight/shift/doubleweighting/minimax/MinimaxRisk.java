package org.counterweight.shift.doubleweighting.minimax;

import static org.counterweight.engine.Tensors.mean;
import static org.counterweight.engine.Tensors.sum;

import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The convex function that a minimax classifier minimises: F(μ) = −τᵀ μ + λᵀ |μ| + (1/t) Σ w_i ψ(V_i), V_i = α_i Φ(x_i, ·) μ.
 *
 * @param loss which ψ
 * @param phi α_i Φ(x_i, y), {@code [t, L, m]}
 * @param tau τ, {@code [m]}
 * @param lambda λ, {@code [m]}, not negative
 * @param weight factors of ψ, {@code [t]}, not negative; null for 1
 */
public record MinimaxRisk(
        MinimaxLoss loss,
        Tensor phi,
        Tensor tau,
        Tensor lambda,
        @Nullable Tensor weight) {

    /** V, {@code [t, L]}. */
    public Tensor scores(Tensor mu) {
        return phi.matmul(mu);
    }

    /** F(μ). */
    public double value(Tensor mu) {
        Tensor psi = loss.psi(scores(mu));
        return lambda.dot(mu.abs()).item_double()
                - tau.dot(mu).item_double()
                + weighted(psi).mean().item_double();
    }

    /** A subgradient of F, {@code [m]}; at μ_k = 0 that of |μ_k| is 0. */
    public Tensor gradient(Tensor mu) {
        Tensor slope = loss.slope(scores(mu)); // [t, L]
        Tensor each = weight == null ? slope : slope.mul(weight.unsqueeze(1));
        Tensor expected = phi.mul(each.unsqueeze(2));
        return lambda.mul(mu.sign()).sub(tau).add(mean(sum(expected, false, 1), false, 0));
    }

    /** h, {@code [t, L]}. */
    public Tensor probabilities(Tensor mu) {
        return loss.probabilities(scores(mu));
    }

    /** The labels of highest score, the lowest of equals; {@code int64 [t]}. */
    public Tensor labels(Tensor mu) {
        return scores(mu).argmax(new LongOptional(1), false);
    }

    /** The mean loss of h against the truth, {@code int64 [t]} from 0. */
    public double expectedLoss(Tensor mu, Tensor y) {
        Tensor ofTruth = probabilities(mu).gather(1, y.unsqueeze(1)).squeeze(1);
        return loss.loss(ofTruth).mean().item_double();
    }

    /**
     * The guarantee on rows with known labels: F(μ) + Σ |μ_k| (|E[α Φ_k] − τ_k| − λ_k)₊. Without weights no expected loss on these
     * rows lies above it.
     */
    public double bound(Tensor mu, Tensor y) {
        Tensor moments = mean(LabelEncoding.ofOwn(phi, y), false, 0); // [m]
        Tensor outside = moments.sub(tau).abs().sub(lambda).relu();
        return value(mu) + mu.abs().dot(outside).item_double();
    }

    private Tensor weighted(Tensor psi) {
        return weight == null ? psi : psi.mul(weight);
    }
}
