package org.counterweight.merge.tensor;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.block.BlockSource;
import org.counterweight.weights.DType;
import org.counterweight.weights.TensorInfo;
import org.counterweight.weights.number.FloatFormat;

/** A model's tensor as one of LibTorch's, in memory of its own; codes are widened. */
public final class LoadedTensor {
    private static final int BLOCK = 1 << 14;

    private LoadedTensor() {}

    /** Of the shape that its header says, in the type that it has when it is whole; belongs to the open scope. */
    public static Tensor stored(ModelTensor tensor) {
        TensorInfo info = tensor.info();
        return read(tensor, info.dtype(), 0, info.elements(), info.shape());
    }

    /**
     * Rows of a matrix, {@code float64 [to − from, columns]}; belongs to the open scope.
     *
     * @param matrix {@code [rows, columns]}
     * @param from the first, from 0 on
     * @param to behind the last
     */
    public static Tensor rows(ModelTensor matrix, long from, long to) {
        long width = matrix.info().shape()[1];
        return read(matrix, DType.F64, from * width, to * width, to - from, width);
    }

    /** The elements {@code from} to {@code to}, in this shape. */
    private static Tensor read(ModelTensor tensor, DType type, long from, long to, long... shape) {
        ScalarType scalars = type.type();
        Tensor loaded = torch.empty(shape, Tensors.options(scalars), new MemoryFormatOptional());
        FloatFormat format = FloatFormat.of(type);
        BlockSource source = tensor.open(tensor.info().dtype());
        var place = new BytePointer(loaded.data_ptr());
        double[] values = new double[BLOCK];
        byte[] bytes = new byte[BLOCK * format.bytes()];
        for (long at = from; at < to; at += BLOCK) {
            int count = (int) Math.min(BLOCK, to - at);
            source.read(at, count, values, 0);
            format.encode(values, 0, count, bytes, 0);
            place.position((at - from) * format.bytes()).put(bytes, 0, count * format.bytes());
        }
        return loaded;
    }
}
