package org.counterweight.distill.gradient;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.distill.SyntheticSet;
import org.counterweight.distill.trajectory.InnerBatch;
import org.counterweight.distill.trajectory.Matching;
import org.counterweight.distill.trajectory.Segment;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;

/** Exact: the graphs of all T steps are kept, and differentiated as one. Memory grows linearly with T. MTT, Algorithm 1. */
public record Unrolled() implements MatchingEngine {
    @Override
    public MatchingGradient gradient(Matching matching, SyntheticSet set, Segment segment, List<InnerBatch> batches) {
        try (var scope = Scope.open()) {
            Tensor images = set.images().detach().requires_grad_(true);
            Tensor labels = set.labels().detach().requires_grad_(set.isSoft());
            Tensor rate = set.rate().detach().requires_grad_(true);
            List<Tensor> states = Forward.withGraph(matching, new SyntheticSet(images, labels, rate), segment, batches);
            Matching.Losses losses = matching.losses(segment, states);
            Tensor[] found = set.isSoft()
                    ? Tensors.gradients(losses.total(), false, images, rate, labels)
                    : Tensors.gradients(losses.total(), false, images, rate);
            return MatchingGradient.keptBy(
                    scope, losses, states.get(batches.size()), found[0], set.isSoft() ? found[2] : null, found[1]);
        }
    }
}
