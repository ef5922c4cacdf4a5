package org.counterweight.federate.weigh;

import static org.counterweight.engine.Tensors.scalar;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.federate.client.Updates;

/**
 * The estimate from the target's update at every step: {@code B m} numbers, B at least 2. Paper, appendix C; without
 * bias before squares below 0 are set to 0.
 *
 * <p>Σ_j ‖g^j − x‖² / B = ‖ḡ − x‖² + S / B, so every distance is taken from the mean, and a step is looked at once; all
 * in float64, a step at a time.
 */
public final class FullEstimate {
    private FullEstimate() {}

    /**
     * @param steps g^j, {@code [B, m]}
     * @param sources g_i, each {@code [m]}: the mean update a step, at the target's scale
     * @param clamp whether squares that are estimated below 0 are set to 0
     * @throws org.counterweight.federate.client.FederationException if B is below 2, or a source is not of length m
     */
    public static Estimate of(Tensor steps, List<Tensor> sources, boolean clamp) {
        long batches = steps.size(0);
        Estimate.requireTwo(batches);
        sources.forEach(source -> Estimate.requireLength(source, steps.size(1)));
        try (var off = Tensors.noGrad();
                var scope = Scope.open()) {
            Tensor middle = mean(steps);
            double pairs = (double) batches * (batches - 1);
            double spread = 0;
            double[] along = new double[sources.size()]; // S_u of each source, times ‖g_i‖²
            double[] passes = new double[sources.size()];
            for (long j = 0; j < batches; j++) {
                try (var inner = Scope.open()) {
                    Tensor step = steps.detach().select(0, j).to(ScalarType.Double);
                    Tensor apart = step.sub(middle);
                    spread += Updates.dot(apart, apart);
                    for (int i = 0; i < along.length; i++) {
                        double dot = Updates.dot(apart, sources.get(i));
                        along[i] += dot * dot;
                        passes[i] += Updates.dot(step, sources.get(i)) > 0 ? 1 : 0;
                    }
                }
            }
            double target = Updates.dot(middle, middle);
            var found = new ArrayList<Distances>();
            for (int i = 0; i < along.length; i++) {
                try (var inner = Scope.open()) {
                    var side = SourceGeometry.of(middle, sources.get(i));
                    double distance = side.apart() - spread / pairs;
                    double noise = spread - (side.length() == 0 ? 0 : along[i] / side.length());
                    double projected = side.across() - noise / pairs;
                    double delta = 1 - (1 - passes[i] / batches) / batches;
                    found.add(Distances.of(spread / pairs, distance, projected, delta, target, steps.size(1), clamp));
                }
            }
            return new Estimate(spread / pairs, target, found);
        }
    }

    private static Tensor mean(Tensor steps) {
        Tensor sum = torch.zeros_like(steps.select(0, 0)).to(ScalarType.Double);
        for (long j = 0; j < steps.size(0); j++) {
            sum.add_(steps.detach().select(0, j));
        }
        return sum.div_(scalar(steps.size(0)));
    }
}
