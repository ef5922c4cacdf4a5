package org.counterweight.jobs.federate;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.LabelledDataset;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;

/**
 * A client's rows whose classes have the federation's numbers: a client may know only some of them.
 *
 * @param numbers the federation's number of each class of {@code data}
 */
record NamedRows(LabelledDataset data, int[] numbers, List<String> labelNames) implements LabelledDataset {
    /** @param labels all classes of the federation, the client's among them */
    static NamedRows of(LabelledDataset data, List<String> labels) {
        return new NamedRows(
                data, data.labelNames().stream().mapToInt(labels::indexOf).toArray(), labels);
    }

    @Override
    public int size() {
        return data.size();
    }

    @Override
    public int length(int row) {
        return data.length(row);
    }

    @Override
    public int label(int row) {
        return numbers[data.label(row)];
    }

    @Override
    public Batch batch(int... rows) {
        Batch batch = data.batch(rows);
        Tensor map = Tensors.longs(Arrays.stream(numbers).asLongStream().toArray());
        return batch.with(Batch.LABELS, map.index_select(0, batch.labels()));
    }
}
