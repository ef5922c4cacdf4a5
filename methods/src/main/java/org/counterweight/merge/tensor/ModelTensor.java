package org.counterweight.merge.tensor;

import org.counterweight.merge.block.BlockSource;
import org.counterweight.weights.DType;
import org.counterweight.weights.TensorInfo;

/** One tensor of a model, open as long as the model is. Immutable. */
public interface ModelTensor {
    /** Its name in the merge, its type when it is whole, its shape. */
    TensorInfo info();

    /** The bytes that are read for it. */
    long storedBytes();

    /**
     * Its elements, for one thread.
     *
     * @param cast the type to which they are rounded before anything else is done with them
     */
    BlockSource open(DType cast);

    /** The same under another name. */
    ModelTensor named(String name);
}
