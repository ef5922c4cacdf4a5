package org.counterweight.merge.stream;

import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.weights.TensorInfo;
import org.jspecify.annotations.Nullable;

/**
 * One tensor of the output, all of whose inputs are known to exist and to fit.
 *
 * @param info its name, type and shape
 * @param inputs what it is made of
 * @param work the type that is computed in
 * @param granularity blocks hold a multiple of so many elements: 1, or the length of a row
 * @param merge how it is made; null for copying the only input
 * @param bytesRead of all inputs, in one pass
 */
record PlannedTensor(
        TensorInfo info,
        List<BlockSource> inputs,
        ScalarType work,
        long granularity,
        @Nullable Supplier<TensorMerge> merge,
        long bytesRead) {}
