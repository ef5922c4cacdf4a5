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

    /** In float64; belongs to the open scope. */
    public static Tensor of(ModelTensor tensor) {
        return in(tensor, DType.F64);
    }

    /** In the type that it has when it is whole; belongs to the open scope. */
    public static Tensor stored(ModelTensor tensor) {
        return in(tensor, tensor.info().dtype());
    }

    private static Tensor in(ModelTensor tensor, DType type) {
        TensorInfo info = tensor.info();
        ScalarType scalars = type.type();
        Tensor loaded = torch.empty(info.shape(), Tensors.options(scalars), new MemoryFormatOptional());
        FloatFormat format = FloatFormat.of(type);
        BlockSource source = tensor.open(info.dtype());
        var place = new BytePointer(loaded.data_ptr());
        double[] values = new double[BLOCK];
        byte[] bytes = new byte[BLOCK * format.bytes()];
        for (long at = 0; at < info.elements(); at += BLOCK) {
            int count = (int) Math.min(BLOCK, info.elements() - at);
            source.read(at, count, values, 0);
            format.encode(values, 0, count, bytes, 0);
            place.position(at * format.bytes()).put(bytes, 0, count * format.bytes());
        }
        return loaded;
    }
}
