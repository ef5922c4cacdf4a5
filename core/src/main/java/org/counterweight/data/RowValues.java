package org.counterweight.data;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.jspecify.annotations.Nullable;

/**
 * What a file says about each row beside what is learnt from it: numbers that stand in a batch under these names, whatever is
 * split, shuffled or sorted.
 *
 * @param numbers become {@code float64 [rows]}
 * @param indices become {@code int64 [rows]}: of groups
 */
public record RowValues(Map<String, double[]> numbers, Map<String, long[]> indices) {
    /** Nothing beside. */
    public static final RowValues NONE = new RowValues(Map.of(), Map.of());

    public RowValues {
        numbers = Map.copyOf(numbers);
        indices = Map.copyOf(indices);
    }

    /** Those of some rows, in that order. */
    public RowValues select(int... rows) {
        Map<String, double[]> fewer = new LinkedHashMap<>();
        numbers.forEach((name, values) -> fewer.put(name, chosen(values, rows)));
        Map<String, long[]> fewerIndices = new LinkedHashMap<>();
        indices.forEach((name, values) -> fewerIndices.put(name, chosen(values, rows)));
        return new RowValues(fewer, fewerIndices);
    }

    /** {@code data}, of whose rows these are the values; rows that have classes keep them. */
    public Dataset beside(Dataset data) {
        return data instanceof LabelledDataset labelled ? beside(labelled) : new Beside(data, this);
    }

    /** {@code data}, of whose rows these are the values. */
    public LabelledDataset beside(LabelledDataset data) {
        return new LabelledBeside(data, this);
    }

    private Batch added(Batch batch, int... rows) {
        Batch more = batch;
        for (var column : numbers.entrySet()) {
            more = more.with(column.getKey(), Tensors.doubles(chosen(column.getValue(), rows)));
        }
        for (var column : indices.entrySet()) {
            more = more.with(column.getKey(), Tensors.longs(chosen(column.getValue(), rows)));
        }
        return more;
    }

    private static double[] chosen(double[] values, int... rows) {
        double[] chosen = new double[rows.length]; // for every batch: a stream would take several times as long
        for (int i = 0; i < rows.length; i++) {
            chosen[i] = values[rows[i]];
        }
        return chosen;
    }

    private static long[] chosen(long[] values, int... rows) {
        long[] chosen = new long[rows.length];
        for (int i = 0; i < rows.length; i++) {
            chosen[i] = values[rows[i]];
        }
        return chosen;
    }

    private record Beside(Dataset data, RowValues values) implements Dataset {
        @Override
        public int size() {
            return data.size();
        }

        @Override
        public boolean isOneContext() {
            return data.isOneContext();
        }

        @Override
        public int length(int row) {
            return data.length(row);
        }

        @Override
        public @Nullable String text(int row) {
            return data.text(row);
        }

        @Override
        public Batch batch(int... rows) {
            return values.added(data.batch(rows), rows);
        }
    }

    private record LabelledBeside(LabelledDataset data, RowValues values) implements LabelledDataset {
        @Override
        public int size() {
            return data.size();
        }

        @Override
        public boolean isOneContext() {
            return data.isOneContext();
        }

        @Override
        public int length(int row) {
            return data.length(row);
        }

        @Override
        public List<String> labelNames() {
            return data.labelNames();
        }

        @Override
        public int label(int row) {
            return data.label(row);
        }

        @Override
        public @Nullable String text(int row) {
            return data.text(row);
        }

        @Override
        public Batch batch(int... rows) {
            return values.added(data.batch(rows), rows);
        }
    }
}
