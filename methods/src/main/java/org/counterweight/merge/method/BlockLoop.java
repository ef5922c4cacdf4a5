package org.counterweight.merge.method;

import java.util.List;
import java.util.function.BooleanSupplier;
import org.counterweight.merge.block.BlockSource;
import org.counterweight.merge.block.TensorMerge;

/** Takes one tensor's inputs through a {@link TensorMerge}, block by block, pass after pass; for one thread. */
public final class BlockLoop {
    /**
     * Elements of a block: nearly 16 KB an input, so that all inputs and sums stay in a core's cache. Not a power of two: the
     * arrays would lie at the same place of each 4 KB, and compete for the same lines of the nearest cache.
     */
    private static final int BLOCK = (1 << 11) - 64;

    private final List<BlockSource> sources;
    private final long elements;
    private final BooleanSupplier isOver;
    private final int length;
    private final double[][] inputs;

    /** Where the result goes, block by block: its first {@code count} elements count, which begin at {@code from}. */
    @FunctionalInterface
    public interface Sink {
        void take(double[] result, int count, long from);
    }

    @FunctionalInterface
    private interface BlockStep {
        void on(int count, long from);
    }

    /**
     * @param sources one a model
     * @param elements how many the tensor has
     * @param granularity blocks hold a multiple of this many
     */
    public BlockLoop(List<BlockSource> sources, long elements, long granularity) {
        this(sources, elements, granularity, () -> false);
    }

    /** The same with something that is asked before each block whether to stop. */
    public BlockLoop(List<BlockSource> sources, long elements, long granularity, BooleanSupplier isOver) {
        this.sources = sources;
        this.elements = elements;
        this.isOver = isOver;
        long rows = Math.max(1, BLOCK / Math.max(1, granularity));
        this.length = Math.toIntExact(Math.min(elements, rows * granularity));
        this.inputs = new double[sources.size()][length];
    }

    /** The most elements that a block has. */
    public int length() {
        return length;
    }

    /** Goes over all blocks once for each pass in which the merge looks at them, and once more to combine them into the sink. */
    public void run(TensorMerge merge, Sink sink) {
        for (int pass = 0; pass < merge.passes(); pass++) {
            int current = pass;
            each(merge.stride(pass), (count, from) -> merge.look(current, inputs, count, from));
        }
        double[] result = new double[length];
        each(1, (count, from) -> {
            merge.combine(inputs, count, from, result);
            sink.take(result, count, from);
        });
    }

    private void each(int stride, BlockStep step) {
        for (long from = 0; from < elements && !isOver.getAsBoolean(); from += (long) length * stride) {
            int count = (int) Math.min(length, elements - from);
            for (int i = 0; i < inputs.length; i++) {
                sources.get(i).read(from, count, inputs[i], 0);
            }
            step.on(count, from);
        }
    }
}
