package org.counterweight.incremental.sequence;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.LabelledDataset;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.jspecify.annotations.Nullable;

/**
 * Some rows of a data set, numbered anew, whose classes have the numbers of a sequence of tasks.
 *
 * @param rows their numbers in {@code data}
 * @param places the number in the sequence of each class of {@code data}
 * @param labelNames of the classes seen so far, in the order of the sequence
 */
record RelabelledRows(LabelledDataset data, int[] rows, int[] places, List<String> labelNames)
        implements LabelledDataset {
    @Override
    public int size() {
        return rows.length;
    }

    @Override
    public int length(int row) {
        return data.length(rows[row]);
    }

    @Override
    public int label(int row) {
        return places[data.label(rows[row])];
    }

    @Override
    public @Nullable String text(int row) {
        return data.text(rows[row]);
    }

    @Override
    public Batch batch(int... wanted) {
        Batch batch = data.batch(Arrays.stream(wanted).map(row -> rows[row]).toArray());
        Tensor map = longs(places);
        return batch.with(Batch.LABELS, map.index_select(0, batch.labels())).with(Batch.ROW, longs(wanted));
    }

    private static Tensor longs(int[] numbers) {
        return Tensors.longs(Arrays.stream(numbers).asLongStream().toArray());
    }
}
