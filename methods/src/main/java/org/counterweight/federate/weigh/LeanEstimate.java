package org.counterweight.federate.weigh;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.federate.client.FederationException;
import org.counterweight.federate.client.Updates;

/**
 * The estimate from the target's mean update and one number more: σ² and d² as in {@link FullEstimate}, τ² d² within σ²
 * / m, since the noise along a source is taken to be what it is along any direction. The filter's probability stays
 * unknown. Ours.
 *
 * @param mean ḡ, {@code [m]}
 * @param sumOfSquares Σ_j ‖g^j‖²
 * @param batches B, at least 2
 */
public record LeanEstimate(Tensor mean, double sumOfSquares, long batches) {
    /** @throws FederationException if B is below 2, or the sum is no number of at least 0 */
    public LeanEstimate {
        Estimate.requireTwo(batches);
        if (!(sumOfSquares >= 0) || Double.isInfinite(sumOfSquares)) {
            throw new FederationException("the target's sum of squared updates is " + sumOfSquares
                    + ", but must be a number of at least 0; drop its round");
        }
    }

    /**
     * @param sources g_i, each {@code [m]}: the mean update a step, at the target's scale
     * @param clamp whether squares that are estimated below 0 are set to 0
     * @throws FederationException if a source is not of length m
     */
    public Estimate of(List<Tensor> sources, boolean clamp) {
        try (var off = Tensors.noGrad();
                var scope = Scope.open()) {
            Tensor middle = mean.detach().reshape(-1).to(ScalarType.Double);
            long length = middle.numel();
            double target = Updates.dot(middle, middle);
            double pairs = (double) batches * (batches - 1);
            double variance = Math.max(sumOfSquares - batches * target, 0) / pairs; // below 0 by rounding alone
            var found = new ArrayList<Distances>();
            for (Tensor source : sources) {
                Estimate.requireLength(source, length);
                try (var inner = Scope.open()) {
                    var side = SourceGeometry.of(middle, source);
                    double projected = side.across() - (variance - variance / length);
                    found.add(Distances.of(variance, side.apart() - variance, projected, null, target, length, clamp));
                }
            }
            return new Estimate(variance, target, found);
        }
    }
}
