package org.counterweight.train.optimize;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * How one parameter moves when its gradient is known. A rule has no memory: what it remembers from step to step lies in the
 * slots, which {@link Optimizer} keeps for it.
 */
public interface UpdateRule {
    /** The names of the tensors, shaped like the parameter and zero at the start, that the rule keeps for each parameter. */
    List<String> slots();

    /**
     * Moves {@code parameter} in place, each of its numbers by itself: a large parameter comes in pieces.
     *
     * @param gradient of the same shape; not changed
     * @param slots in the order of {@link #slots}; changed in place
     * @param t how often this parameter has been moved, this time included: 1 at the first
     * @param rate the learning rate of this step
     */
    void update(Tensor parameter, Tensor gradient, Tensor[] slots, long t, double rate, double weightDecay);
}
