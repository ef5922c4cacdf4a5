package org.counterweight.data;

import java.util.Map;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;

/**
 * Rows of numbers. A batch has {@code inputs} ({@code float32 [rows, width]}) and {@code row} ({@code int64 [rows]}).
 *
 * @param values row by row
 * @param size how many rows
 * @param width how many numbers a row has
 */
public record InputRows(float[] values, int size, int width) implements Dataset {
    /** @throws IllegalArgumentException if there are not that many values */
    public InputRows {
        if (values.length != (long) size * width) {
            throw new IllegalArgumentException(values.length + " values are not " + size + " rows of " + width);
        }
        values = values.clone();
    }

    @Override
    public Batch batch(int... rows) {
        float[] chosen = new float[rows.length * width];
        long[] numbers = new long[rows.length];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(values, rows[i] * width, chosen, i * width, width);
            numbers[i] = rows[i];
        }
        return new Batch(
                Map.of(Batch.INPUTS, Tensors.floats(chosen, rows.length, width), Batch.ROW, Tensors.longs(numbers)));
    }
}
