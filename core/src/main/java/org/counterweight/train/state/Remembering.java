package org.counterweight.train.state;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * Something that remembers from step to step, and must go on with the same memory when a run is resumed: an optimizer, a
 * weigher of groups, an adapter that allocates its ranks.
 */
public interface Remembering {
    /** What is remembered, by name. Tensors made for this call belong to the open scope. */
    Map<String, Tensor> state();

    /**
     * Takes up the memory that {@link #state} gave.
     *
     * @throws TrainingException if a tensor is missing
     */
    void restore(Map<String, Tensor> state);

    /** The tensor of that name. */
    static Tensor required(Map<String, Tensor> state, String name) {
        Tensor tensor = state.get(name);
        if (tensor == null) {
            throw new TrainingException(
                    "the checkpoint has no " + name + "; it was written by a run with other settings");
        }
        return tensor;
    }
}
