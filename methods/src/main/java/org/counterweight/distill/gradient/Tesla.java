package org.counterweight.distill.gradient;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.distill.SyntheticSet;
import org.counterweight.distill.trajectory.InnerBatch;
import org.counterweight.distill.trajectory.Matching;
import org.counterweight.distill.trajectory.Middle;
import org.counterweight.distill.trajectory.Segment;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;

/**
 * TESLA: every θ_s is taken as a constant. With G = Σ_s g_s and D = ‖θ_0 − θ*‖², dL/dX = (2/D) Σ_s d⟨η (θ* − θ_0) + η² G,
 * g_s⟩/dX and dL/dη = −2 ⟨G, θ_T − θ*⟩ / D. Memory does not grow with T: states are computed once for G and once more on the
 * way.
 *
 * <p>This is the exact gradient at T = 1 only; after that, what earlier steps do to the gradients of later ones is missing. The
 * factor 2 that the official code loses is here.
 */
public record Tesla() implements MatchingEngine {
    /**
     * The result.
     *
     * @param sum G, {@code [P]}
     */
    public record Result(Matched matched, Tensor sum) {}

    @Override
    public Matched gradient(Matching matching, SyntheticSet set, Segment segment, List<InnerBatch> batches) {
        return result(matching, set, segment, batches).matched();
    }

    /** As {@link #gradient}, with the sum of the inner gradients. */
    public Result result(Matching matching, SyntheticSet set, Segment segment, List<InnerBatch> batches) {
        if (matching.momentum() != 0 || matching.middle() != Middle.NONE) {
            throw new IllegalArgumentException("TESLA has neither inner momentum (" + matching.momentum()
                    + ") nor terms in the middle (" + matching.middle() + "); take the sweep");
        }
        try (var scope = Scope.open()) {
            Tensor start = segment.start().detach();
            Tensor target = segment.way(segment.epochs());
            double rate = set.rate().item_double();
            Tensor sum = torch.zeros_like(start);
            Tensor end = start.clone();
            for (InnerBatch batch : batches) {
                try (var inner = Scope.open()) {
                    Tensor gradient =
                            Inner.of(matching, set, batch, end).gradient().detach();
                    sum.add_(gradient);
                    end.sub_(Tensors.times(gradient, rate));
                }
            }
            Tensor slope = segment.slope(end, segment.epochs()); // 2 (θ_T − θ*) / D
            Tensor direction = Tensors.times(slope, -rate); // η (θ* − θ_0) + η² G, times 2/D
            var sums = GradientSums.zero(set);
            sums.rate().sub_(sum.mul(slope).sum());
            Tensor state = start.clone();
            for (InnerBatch batch : batches) {
                try (var inner = Scope.open()) {
                    Inner step = Inner.of(matching, set, batch, state);
                    sums.add(batch.rows(), step.along(direction));
                    state.sub_(Tensors.times(step.gradient().detach(), rate));
                }
            }
            Matching.Losses losses = matching.losses(segment, List.of(start, end));
            return new Result(sums.matched(scope, losses, end), scope.keep(sum));
        }
    }
}
