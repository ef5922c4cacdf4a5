package org.counterweight.train.optimize;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.jspecify.annotations.Nullable;

/**
 * Gradient descent as a function: the weights after a step as tensors of their own, through which a gradient flows back to
 * the weights before it, to the rate, and to whatever the loss depends on: matching of trajectories, learnt rates.
 *
 * <p>u' = μ u + g (u' = g at the first step), p' = p − η u': the same sums as {@link Sgd}, without decay.
 */
public final class Unroll {
    private Unroll() {}

    /**
     * What a step makes; its tensors belong to the open scope.
     *
     * @param trainables p', by name
     * @param velocity u', by name, for the next step; null without momentum
     */
    public record Step(
            Map<String, Tensor> trainables, @Nullable Map<String, Tensor> velocity) {}

    /**
     * One step.
     *
     * @param trainables p, by name, in the graph of {@code loss}; not changed. One that the loss does not depend on has
     *     gradient 0
     * @param loss a scalar
     * @param rate η, a scalar; may require a gradient
     * @param momentum μ, in [0, 1)
     * @param velocity u, from the step before; null at the first
     * @param keepGraph whether the step can be differentiated; if not, p' begins a graph of its own
     */
    public static Step step(
            Map<String, Tensor> trainables,
            Tensor loss,
            Tensor rate,
            double momentum,
            @Nullable Map<String, Tensor> velocity,
            boolean keepGraph) {
        Tensor[] gradients =
                Tensors.gradients(loss, keepGraph, trainables.values().toArray(Tensor[]::new));
        var moved = new LinkedHashMap<String, Tensor>();
        var kept = new LinkedHashMap<String, Tensor>();
        int i = 0;
        for (var entry : trainables.entrySet()) {
            String name = entry.getKey();
            Tensor direction = gradients[i++];
            if (momentum != 0) {
                if (velocity != null) {
                    Tensor before = Objects.requireNonNull(velocity.get(name), name);
                    direction = Tensors.times(before, momentum).add(direction);
                }
                kept.put(name, keepGraph ? direction : direction.detach());
            }
            Tensor after = entry.getValue().sub(direction.mul(rate));
            moved.put(name, keepGraph ? after : after.detach().requires_grad_(true));
        }
        return new Step(moved, momentum == 0 ? null : kept);
    }
}
