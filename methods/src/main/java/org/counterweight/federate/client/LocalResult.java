package org.counterweight.federate.client;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What a round of local training made.
 *
 * @param weights the client's state, by name
 * @param update weights − h
 * @param mean {@code [m]}, the mean update a step of what is trained
 * @param steps of the optimizer, over all epochs
 * @param batches B, of one epoch
 * @param rows seen in one epoch
 * @param losses the mean loss of each step's batch before it
 * @param sumOfSquares Σ_j ‖g^j‖²; null if nothing was recorded
 * @param perStep {@code [B, m]}, g^j averaged over the epochs; null unless all was recorded
 */
public record LocalResult(
        Map<String, Tensor> weights,
        Map<String, Tensor> update,
        Tensor mean,
        long steps,
        long batches,
        long rows,
        List<Double> losses,
        @Nullable Double sumOfSquares,
        @Nullable Tensor perStep) {
    public LocalResult {
        losses = List.copyOf(losses);
    }
}
