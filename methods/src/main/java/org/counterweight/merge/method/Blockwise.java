package org.counterweight.merge.method;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.counterweight.merge.block.TensorMerge;

/**
 * How a tensor will be merged.
 *
 * @param granularity blocks hold a multiple of this many elements: 1, or what must be seen together
 * @param inputs the indices of the models that it needs, in their order; others are not read
 * @param merge made anew for each use
 */
public record Blockwise(long granularity, List<Integer> inputs, Supplier<TensorMerge> merge) {
    /** Of all models, from blocks of any size. */
    public static Blockwise of(MergeSite site, Supplier<TensorMerge> merge) {
        return of(site, 1, merge);
    }

    /** Of all models. */
    public static Blockwise of(MergeSite site, long granularity, Supplier<TensorMerge> merge) {
        return new Blockwise(
                granularity, IntStream.range(0, site.models()).boxed().toList(), merge);
    }
}
