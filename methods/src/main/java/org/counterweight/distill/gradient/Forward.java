package org.counterweight.distill.gradient;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.distill.SyntheticSet;
import org.counterweight.distill.trajectory.InnerBatch;
import org.counterweight.distill.trajectory.Matching;
import org.counterweight.distill.trajectory.Segment;
import org.counterweight.engine.Scope;
import org.counterweight.train.optimize.Unroll;
import org.jspecify.annotations.Nullable;

/** The inner loop, from θ_0 to θ_T. */
final class Forward {
    private static final String THETA = "theta";

    private Forward() {}

    /** θ_0 … θ_T as tensors of one graph, down to images, labels and rate. */
    static List<Tensor> withGraph(Matching matching, SyntheticSet set, Segment segment, List<InnerBatch> batches) {
        var states = new ArrayList<Tensor>();
        states.add(segment.start().detach().clone().requires_grad_(true));
        @Nullable Map<String, Tensor> velocity = null;
        for (InnerBatch batch : batches) {
            Unroll.Step step = step(matching, set, batch, states.get(states.size() - 1), velocity, true);
            states.add(theta(step.trainables()));
            velocity = step.velocity();
        }
        return states;
    }

    /** θ_0 … θ_T without graph, of the open scope: T + 1 vectors. */
    static List<Tensor> states(Matching matching, SyntheticSet set, Segment segment, List<InnerBatch> batches) {
        var states = new ArrayList<Tensor>();
        states.add(segment.start().detach().clone());
        @Nullable Tensor velocity = null;
        for (InnerBatch batch : batches) {
            try (var scope = Scope.open()) {
                Tensor from = states.get(states.size() - 1).detach().requires_grad_(true);
                Unroll.Step step =
                        step(matching, set, batch, from, velocity == null ? null : Map.of(THETA, velocity), false);
                states.add(scope.keep(theta(step.trainables()).detach()));
                Map<String, Tensor> moved = step.velocity();
                velocity = moved == null ? null : scope.keep(theta(moved));
            }
        }
        return states;
    }

    private static Unroll.Step step(
            Matching matching,
            SyntheticSet set,
            InnerBatch batch,
            Tensor from,
            @Nullable Map<String, Tensor> velocity,
            boolean keepGraph) {
        Tensor loss = matching.loss(
                from,
                batch,
                set.images().index_select(0, batch.rows()),
                set.labels().index_select(0, batch.rows()));
        return Unroll.step(Map.of(THETA, from), loss, set.rate(), matching.momentum(), velocity, keepGraph);
    }

    private static Tensor theta(Map<String, Tensor> named) {
        return Objects.requireNonNull(named.get(THETA));
    }
}
