package org.counterweight.merge.stream;

import java.util.List;
import java.util.function.Supplier;
import org.counterweight.merge.block.BlockSource;
import org.counterweight.merge.block.TensorMerge;
import org.counterweight.merge.tensor.StoredTensor;
import org.counterweight.weights.TensorInfo;

/** One tensor of the output, all of whose inputs are known to exist and to fit. */
sealed interface PlannedTensor {
    /** Its name, type and shape. */
    TensorInfo info();

    /** The bytes of all its inputs. */
    long bytesRead();

    /**
     * Made of numbers.
     *
     * @param inputs what it is made of, opened for each use
     * @param granularity blocks hold a multiple of this many elements: 1, or the length of a row
     * @param merge how it is made
     */
    record Merged(
            TensorInfo info,
            List<Supplier<BlockSource>> inputs,
            long granularity,
            Supplier<TensorMerge> merge,
            long bytesRead)
            implements PlannedTensor {}

    /** Taken over byte by byte: counters, ids. */
    record Copied(TensorInfo info, StoredTensor from) implements PlannedTensor {
        @Override
        public long bytesRead() {
            return info.bytes();
        }
    }
}
