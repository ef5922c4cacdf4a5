package org.counterweight.experiments;

import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.engine.Tensors.slice;

import java.util.Arrays;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Seed;
import org.counterweight.model.Batch;
import org.counterweight.train.BatchSource;

/**
 * Inputs with what is to be said of them, held in memory.
 *
 * @param inputs {@code [n, …]}, a batch's {@link Batch#PIXEL_VALUES}
 * @param labels classes, {@code int64 [n]}, or targets, {@code [n, …]}
 */
record Samples(Tensor inputs, Tensor labels) {
    int size() {
        return (int) inputs.size(0);
    }

    Samples shuffled(Seed seed) {
        return rows(seed.permutation(size()));
    }

    Samples part(long from, long to) {
        return new Samples(slice(inputs, 0, from, to), slice(labels, 0, from, to));
    }

    /** With other inputs and the same labels. */
    Samples with(UnaryOperator<Tensor> change) {
        return new Samples(change.apply(inputs), labels);
    }

    private Samples rows(int... rows) {
        Tensor index = longs(Arrays.stream(rows).asLongStream().toArray());
        return new Samples(inputs.index_select(0, index), labels.index_select(0, index));
    }

    /** All of them. */
    Batch batch() {
        return new Batch(Map.of(Batch.PIXEL_VALUES, inputs, Batch.LABELS, labels));
    }

    /** Every one once an epoch, in random order; a last batch that is not full is left out. */
    BatchSource batches(int size, Seed seed) {
        return BatchSource.of(size() / size, epoch -> {
            int[] order = seed.child(epoch).permutation(size());
            return place -> rows(Arrays.copyOfRange(order, place * size, (place + 1) * size))
                    .batch();
        });
    }
}
