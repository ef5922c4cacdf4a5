package org.counterweight.merge.method;

import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.block.BlockSource;
import org.counterweight.weights.DType;
import org.counterweight.weights.number.FloatFormat;

/** The elements of a tensor in memory, block by block, as those of a file are read. */
public final class TensorBlocks implements BlockSource {
    private final BytePointer start;
    private final FloatFormat format;
    private byte[] bytes = new byte[0];

    /** @param tensor on the processor, its elements one behind the other; must outlive this object */
    private TensorBlocks(Tensor tensor) {
        this.start = new BytePointer(tensor.data_ptr());
        this.format = format(tensor);
    }

    private static FloatFormat format(Tensor tensor) {
        return FloatFormat.of(DType.of(tensor.scalar_type()));
    }

    @Override
    public void read(long from, int count, double[] to, int at) {
        int length = count * format.bytes();
        if (bytes.length < length) {
            bytes = new byte[length];
        }
        start.position(from * format.bytes()).get(bytes, 0, length);
        format.decode(bytes, 0, to, at, count);
    }

    /**
     * The merged tensor: of the shape and type of the first, and where that lies. Belongs to the open scope.
     *
     * @param tensors one a model, of one shape
     */
    public static Tensor merged(Blockwise how, List<Tensor> tensors) {
        Tensor first = tensors.get(0);
        try (var scope = Scope.open()) {
            List<BlockSource> sources = how.inputs().stream()
                    .map(i ->
                            (BlockSource) new TensorBlocks(tensors.get(i).cpu().contiguous()))
                    .toList();
            FloatFormat format = format(first);
            Tensor merged =
                    torch.empty(Tensors.shape(first), Tensors.options(first.scalar_type()), new MemoryFormatOptional());
            var loop = new BlockLoop(sources, first.numel(), how.granularity());
            var place = new BytePointer(merged.data_ptr());
            byte[] bytes = new byte[loop.length() * format.bytes()];
            loop.run(how.merge().get(), (result, count, from) -> {
                format.encode(result, 0, count, bytes, 0);
                place.position(from * format.bytes()).put(bytes, 0, count * format.bytes());
            });
            return scope.keep(merged.to(first.device(), first.scalar_type()));
        }
    }
}
