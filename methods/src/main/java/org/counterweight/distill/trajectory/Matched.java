package org.counterweight.distill.trajectory;

import org.bytedeco.pytorch.Tensor;
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
public record Matched(
        Matching.Losses losses,
        Tensor end,
        Tensor images,
        @Nullable Tensor labels,
        Tensor rate) {
    /** Whether the loss and every gradient is a number; where not, the step is to be discarded. */
    public boolean isFinite() {
        return isFinite(losses.total()) && isFinite(images) && (labels == null || isFinite(labels)) && isFinite(rate);
    }

    private static boolean isFinite(Tensor tensor) {
        return tensor.isfinite().all().item_bool();
    }
}
