package org.counterweight.datasets.foreign;

import java.nio.file.Path;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.weights.DType;

/** The bytes of another tool's file, memory-mapped, out of which tensors are copied: they seldom lie aligned there. */
final class MappedFile implements AutoCloseable {
    private final Tensor bytes;

    MappedFile(Path path, long size) {
        try (var scope = Scope.open()) {
            bytes = Scope.own(torch.from_file(
                    path.toString(),
                    new BoolOptional(false),
                    new LongOptional(size),
                    Tensors.options(ScalarType.Byte)));
        }
    }

    /** A copy of the row-major tensor that begins at {@code start}. */
    Tensor copy(DType dtype, long[] shape, long start) {
        long length = Tensors.length(shape) * dtype.bytes();
        return Tensors.slice(bytes, 0, start, start + length)
                .clone()
                .view(dtype.type())
                .view(shape);
    }

    @Override
    public void close() {
        bytes.close();
    }
}
