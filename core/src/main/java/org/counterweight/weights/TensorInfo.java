package org.counterweight.weights;

import java.util.Arrays;
import org.counterweight.engine.Tensors;

/**
 * What a header says of one tensor.
 *
 * @param offset where its bytes start, counted from the end of the header
 */
public record TensorInfo(String name, DType dtype, long[] shape, long offset) {
    public long elements() {
        return Tensors.length(shape);
    }

    public long bytes() {
        return elements() * dtype.bytes();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TensorInfo that
                && name.equals(that.name)
                && dtype == that.dtype
                && Arrays.equals(shape, that.shape)
                && offset == that.offset;
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return name + " " + dtype + Arrays.toString(shape);
    }
}
