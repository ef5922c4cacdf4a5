package org.counterweight.merge.stream;

import org.bytedeco.pytorch.Tensor;

/** Sets a part of a task vector to zero. Blocks come in order, from front to back, in each pass. */
interface Thinning {
    /** How many passes look before {@link #apply} may be called. */
    default int passes() {
        return 0;
    }

    /** Sees a block of the task vector. */
    default void look(int pass, Tensor delta, long from) {}

    /** The thinned block, a tensor of its own. */
    Tensor apply(Tensor delta, long from);
}
