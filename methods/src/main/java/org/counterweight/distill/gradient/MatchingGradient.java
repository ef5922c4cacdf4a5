package org.counterweight.distill.gradient;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.distill.trajectory.Matching;
import org.counterweight.engine.Scope;
import org.jspecify.annotations.Nullable;

/**
 * How far the inner loop missed, and the gradient of that; all of it without a graph, of the open scope.
 *
 * @param losses the loss and its parts
 * @param end θ_T, {@code [P]}
 * @param images dL/dX, in the shape of X; 0 where an image was not learnt from
 * @param labels dL/dy, in the shape of y; null where labels are classes
 * @param rate dL/dη, a scalar
 */
public record MatchingGradient(
        Matching.Losses losses,
        Tensor end,
        Tensor images,
        @Nullable Tensor labels,
        Tensor rate) {
    /** Cut off from its graph, and handed to the scope around {@code scope}. */
    static MatchingGradient keptBy(
            Scope scope, Matching.Losses losses, Tensor end, Tensor images, @Nullable Tensor labels, Tensor rate) {
        return new MatchingGradient(
                new Matching.Losses(
                        scope.keep(losses.total().detach()),
                        scope.keep(losses.last().detach()),
                        losses.middle().stream()
                                .map(term -> scope.keep(term.detach()))
                                .toList()),
                scope.keep(end.detach()),
                scope.keep(images),
                labels == null ? null : scope.keep(labels),
                scope.keep(rate));
    }

    /** Whether the loss and every gradient is a number; where not, the step is to be discarded. */
    public boolean isFinite() {
        return isFinite(losses.total()) && isFinite(images) && (labels == null || isFinite(labels)) && isFinite(rate);
    }

    private static boolean isFinite(Tensor tensor) {
        return tensor.isfinite().all().item_bool();
    }
}
