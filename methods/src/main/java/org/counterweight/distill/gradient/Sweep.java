package org.counterweight.distill.gradient;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.distill.SyntheticSet;
import org.counterweight.distill.trajectory.InnerBatch;
import org.counterweight.distill.trajectory.Matching;
import org.counterweight.distill.trajectory.Segment;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;

/**
 * Exact, with the graph of one step at a time: the inner loop runs without graph and keeps its states, T + 1 vectors of P; then
 * steps are built again from the last to the first, and the gradient is carried back through each.
 *
 * <p>With λ = dL/dθ_{s+1} and w_s = μ w_{s+1} + λ, a step's gradient g_s reaches L through −η ⟨g_s, w_s⟩ alone, so that
 * dL/dη = −Σ_s ⟨g_s, w_s⟩: velocities need not be kept, and nothing is divided by η.
 */
public record Sweep() implements MatchingEngine {
    @Override
    public MatchingGradient gradient(Matching matching, SyntheticSet set, Segment segment, List<InnerBatch> batches) {
        try (var scope = Scope.open()) {
            int steps = batches.size();
            List<Tensor> states = Forward.states(matching, set, segment, batches);
            List<Matching.Passing> passings = matching.passings(segment.epochs(), steps);
            double rate = set.rate().item_double();
            var sums = GradientSums.zero(set);
            Tensor lambda = segment.slope(states.get(steps), segment.epochs());
            Tensor pull = torch.zeros_like(lambda); // w
            for (int s = steps - 1; s >= 0; s--) {
                try (var inner = Scope.open()) {
                    pull.mul_(Tensors.scalar(matching.momentum())).add_(lambda);
                    InnerStep step = InnerStep.of(matching, set, batches.get(s), states.get(s));
                    sums.rate().sub_(step.gradient().detach().mul(pull).sum());
                    InnerStep.Derivatives found = step.along(Tensors.times(pull, -rate));
                    sums.add(batches.get(s).rows(), found);
                    lambda.add_(found.theta());
                    for (Matching.Passing passing : passings) {
                        if (passing.step() == s) {
                            lambda.add_(Tensors.times(segment.slope(states.get(s), passing.i()), passing.weight()));
                        }
                    }
                }
            }
            return sums.matched(scope, matching.losses(segment, states), states.get(steps));
        }
    }
}
