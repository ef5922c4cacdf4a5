package org.counterweight.train.replica;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.train.state.Remembering;

/**
 * What a replica made of the weights that it was given.
 *
 * @param weights the replica's own live tensors, which its next round changes
 * @param steps taken; fewer than asked for where its run came to its end
 * @param rows seen in them, each as often as it came
 * @param meanLoss of these rows before each step; NaN where there were none
 */
public record Update(Map<String, Tensor> weights, long steps, long rows, double meanLoss) {
    /** How far each tensor has moved from {@code global}; of the open scope. */
    public Map<String, Tensor> delta(Map<String, Tensor> global) {
        var delta = new LinkedHashMap<String, Tensor>();
        weights.forEach((name, tensor) -> delta.put(
                name, tensor.detach().sub(Remembering.required(global, name).detach())));
        return delta;
    }
}
