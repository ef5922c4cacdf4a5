package org.counterweight.merge.tensor;

import org.counterweight.merge.block.BlockSource;
import org.counterweight.weights.DType;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.TensorInfo;
import org.counterweight.weights.WeightsException;

/**
 * Weights as 8-bit floats with a factor for each block of rows and columns, as DeepSeek-V3 and its likes are published:
 * w = code · scale_inv of its block. transformers calls it {@code fp8} and computes the same, in float32.
 *
 * @param info as it is when it is whole
 * @param codes {@code [..., rows, columns]}
 * @param scales {@code [..., ⌈rows / blockRows⌉, ⌈columns / blockColumns⌉]}
 */
record BlockFp8(
        TensorInfo info, ModelDirectory model, TensorInfo codes, TensorInfo scales, long blockRows, long blockColumns)
        implements ModelTensor {
    /** What follows a weight's name in that of its factors. */
    static final String SCALES = "_scale_inv";

    /**
     * @param whole the type of the weights when they are whole
     * @param block rows and columns of a block as the config has them; null if it does not say
     * @throws WeightsException if the factors are of a shape that no blocks of the weight have
     */
    static BlockFp8 of(ModelDirectory model, TensorInfo codes, TensorInfo scales, DType whole, long[] block) {
        var info = new TensorInfo(codes.name(), whole, codes.shape());
        long rows = codes.shape()[codes.shape().length - 2];
        long columns = codes.shape()[codes.shape().length - 1];
        long down = dimension(scales, 2);
        long across = dimension(scales, 1);
        long leading = codes.elements() / Math.max(1, rows * columns);
        boolean asSaid = block.length == 2
                && block[0] > 0
                && block[1] > 0
                && ceil(rows, block[0]) == down
                && ceil(columns, block[1]) == across;
        boolean even = down > 0 && across > 0 && rows % down == 0 && columns % across == 0;
        if (!scales.dtype().isFloating() || scales.elements() != leading * down * across || !(asSaid || even)) {
            throw new WeightsException(model.path(), scales + " holds no factors for the blocks of " + codes);
        }
        return asSaid
                ? new BlockFp8(info, model, codes, scales, block[0], block[1])
                : new BlockFp8(info, model, codes, scales, rows / down, columns / across);
    }

    private static long dimension(TensorInfo scales, int fromEnd) {
        int dimensions = scales.shape().length;
        return dimensions < fromEnd ? 1 : scales.shape()[dimensions - fromEnd];
    }

    private static long ceil(long length, long block) {
        return (length + block - 1) / block;
    }

    @Override
    public long storedBytes() {
        return codes.bytes() + scales.bytes();
    }

    @Override
    public ModelTensor named(String name) {
        return new BlockFp8(
                new TensorInfo(name, info.dtype(), info.shape()), model, codes, scales, blockRows, blockColumns);
    }

    @Override
    public BlockSource open(DType cast) {
        double[] factors = Factors.of(model, scales);
        var stored = new StoredElements(model, codes.name(), codes, codes.dtype());
        return new Widening(
                (from, count, to, at) -> {
                    stored.read(from, count, to, at);
                    scale(from, count, factors, to, at);
                },
                info.dtype(),
                cast);
    }

    /** Along each row from block to block: one factor for each run. */
    private void scale(long from, int count, double[] factors, double[] to, int at) {
        long rows = codes.shape()[codes.shape().length - 2];
        long columns = codes.shape()[codes.shape().length - 1];
        long down = ceil(rows, blockRows);
        long across = ceil(columns, blockColumns);
        for (int i = 0; i < count; ) {
            long row = (from + i) / columns;
            long column = (from + i) % columns;
            long place = (row / rows * down + row % rows / blockRows) * across + column / blockColumns;
            float factor = (float) factors[Math.toIntExact(place)];
            long end = Math.min(columns, (column / blockColumns + 1) * blockColumns);
            int run = (int) Math.min(count - i, end - column);
            for (int e = at + i; e < at + i + run; e++) {
                to[e] = (float) to[e] * factor;
            }
            i += run;
        }
    }
}
