package org.counterweight.merge.block;

/**
 * One tensor's merge, block by block: first some passes that only look (norms, thresholds), then one that yields the
 * result. Blocks come in order, from front to back in each pass. It lives as long as one tensor is merged, and belongs to one
 * thread.
 *
 * <p>A block is one array a model, of which the first {@code count} elements count. They are its elements as float64, flat;
 * they may be written over.
 */
public interface TensorMerge {
    /** How many passes look before {@link #combine}; a pass may find that another is needed. */
    default int passes() {
        return 0;
    }

    /** Of how many blocks the pass sees one: 1 for all, more where a sample will do. */
    default int stride(int pass) {
        return 1;
    }

    /** Sees a block; arguments as for {@link #combine}. */
    default void look(int pass, double[][] inputs, int count, long from) {}

    /**
     * Computes the result's block.
     *
     * @param inputs one a model
     * @param from the flat index of the block's first element
     * @param result to which it goes
     */
    void combine(double[][] inputs, int count, long from, double[] result);
}
