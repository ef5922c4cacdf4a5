package org.counterweight.weights;

import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;

/**
 * What a header says about one tensor.
 *
 * @param offset where its bytes start, counted from the end of the header
 */
public record TensorInfo(String name, DType dtype, long[] shape, long offset) {
    /** A tensor that has no place yet: for the plan of a file to be written. */
    public TensorInfo(String name, DType dtype, long... shape) {
        this(name, dtype, shape, 0);
    }

    /** What a header would say of {@code tensor}. */
    public static TensorInfo of(String name, Tensor tensor) {
        return new TensorInfo(name, DType.of(tensor.scalar_type()), Tensors.shape(tensor));
    }

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
