package org.counterweight.data;

import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;

/**
 * Rows and the numbers that are to be predicted for each, which stand in a batch as {@code labels} ({@code float32 [rows, width]}):
 * a score, or a 1 for each class that it has and a 0 for each other.
 *
 * @param targets row by row
 * @param width how many a row has
 */
public record TargetRows(Dataset data, float[] targets, int width) implements Dataset {
    /** @throws IllegalArgumentException if there are not as many targets as rows */
    public TargetRows {
        if (targets.length != (long) data.size() * width) {
            throw new IllegalArgumentException(
                    data.size() + " rows of " + width + ", but " + targets.length + " targets");
        }
        targets = targets.clone();
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
    public Batch batch(int... rows) {
        float[] chosen = new float[rows.length * width];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(targets, rows[i] * width, chosen, i * width, width);
        }
        return data.batch(rows).with(Batch.LABELS, Tensors.floats(chosen, rows.length, width));
    }
}
