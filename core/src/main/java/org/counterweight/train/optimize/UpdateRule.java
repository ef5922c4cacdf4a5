package org.counterweight.train.optimize;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * How one parameter moves when its gradient is known. A rule has no memory: what it remembers from step to step lies in the
 * slots, which {@link Optimizer} keeps for it.
 */
public interface UpdateRule {
    /** The tensors that the rule keeps for each parameter, of different names. */
    List<SlotSpec> slots();

    /**
     * Whether each number moves by itself, whatever the others do: then a large parameter comes in pieces that fit the cache,
     * each a vector with the pieces of its slots, which all have the parameter's shape. A rule that looks at rows, or at the
     * whole, says no and is given every parameter as it is.
     */
    default boolean elementwise() {
        return true;
    }

    /**
     * Moves {@code parameter} in place.
     *
     * @param gradient of the same shape; not changed
     * @param slots in the order of {@link #slots}; changed in place
     * @param t how often this parameter has been moved, this time included: 1 at the first
     * @param rate the learning rate of this step
     */
    void update(Tensor parameter, Tensor gradient, Tensor[] slots, long t, double rate, double weightDecay);
}
