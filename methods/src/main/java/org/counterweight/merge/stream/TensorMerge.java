package org.counterweight.merge.stream;

import org.bytedeco.pytorch.Tensor;

/**
 * One tensor's merge, block by block: first some passes that only look (norms, thresholds), then one that yields the
 * result. Blocks come in order, from front to back in each pass. It lives as long as one tensor is merged.
 */
interface TensorMerge {
    /** How many passes look before {@link #combine}. */
    default int passes() {
        return 0;
    }

    /** Sees a block; arguments as for {@link #combine}. */
    default void look(int pass, Tensor[] inputs, long from) {}

    /**
     * The result's block.
     *
     * @param inputs one a model, flat, of the type that is computed in; they may be views of files and are not changed
     * @param from the flat index of the block's first element
     */
    Tensor combine(Tensor[] inputs, long from);
}
