package org.counterweight.data;

import java.util.List;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.jspecify.annotations.Nullable;

/**
 * Rows and the class of each, which stands in a batch as {@code labels} ({@code int64 [rows]}).
 *
 * @param labels an index into {@code labelNames} for each row
 */
public record LabelledRows(Dataset data, int[] labels, List<String> labelNames) implements LabelledDataset {
    /** @throws IllegalArgumentException if there are not as many labels as rows */
    public LabelledRows {
        if (labels.length != data.size()) {
            throw new IllegalArgumentException(data.size() + " rows, but " + labels.length + " labels");
        }
        labels = labels.clone();
        labelNames = List.copyOf(labelNames);
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
        return labels[row];
    }

    @Override
    public @Nullable String text(int row) {
        return data.text(row);
    }

    @Override
    public Batch batch(int... rows) {
        long[] chosen = new long[rows.length];
        for (int i = 0; i < rows.length; i++) {
            chosen[i] = labels[rows[i]];
        }
        return data.batch(rows).with(Batch.LABELS, Tensors.longs(chosen));
    }
}
