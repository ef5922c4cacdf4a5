package org.counterweight.jobs.weigh;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.counterweight.data.table.write.ColumnType;
import org.counterweight.data.table.write.ParquetFile;
import org.counterweight.jobs.weigh.table.EncodedTable;
import org.counterweight.jobs.weigh.table.WrittenTable;
import org.counterweight.shift.Chunk;
import org.counterweight.shift.ShiftException;
import org.counterweight.shift.Side;
import org.counterweight.shift.TableWeigher;
import org.counterweight.shift.Weights;
import org.counterweight.shift.measure.Balance;
import org.counterweight.shift.measure.WeightHistogram;

/** The tables with their weights. */
final class WeighedTables<F extends AutoCloseable> {
    private final TableWeigher<F> weigher;
    private final F fitted;
    private final WeighOutput output;
    private final WeighOutput.Form form;
    private final Path into;
    private final Map<String, ColumnType> types;
    private final Map<String, WeightHistogram> spreads = new LinkedHashMap<>();
    private final List<String> files = new ArrayList<>();
    private long kept;

    /**
     * Tables to be written.
     *
     * @param into the directory
     * @param types of the columns as they were
     */
    WeighedTables(
            TableWeigher<F> weigher,
            F fitted,
            WeighOutput output,
            WeighOutput.Form form,
            Path into,
            Map<String, ColumnType> types) {
        this.weigher = weigher;
        this.fitted = fitted;
        this.output = output;
        this.form = form;
        this.into = into;
        this.types = types;
    }

    /** Rows of the source that were written. */
    long kept() {
        return kept;
    }

    /** How each column of weights is spread. */
    Map<String, WeightHistogram> spreads() {
        return spreads;
    }

    /** The files that were written. */
    List<String> files() {
        return files;
    }

    /** Writes one of the tables, if its rows get anything; the moments of its features. */
    Balance.Moments table(EncodedTable table, Side side, String name) throws IOException {
        List<String> added = weigher.columns(side).stream()
                .map(column -> output.prefix() + column)
                .toList();
        boolean json = form == WeighOutput.Form.JSONL;
        Path file = into.resolve(name + (json ? ".jsonl" : ".csv"));
        var state = new State(table.features());
        boolean writes = side == Side.SOURCE || !added.isEmpty();
        if (!writes) {
            table.read((cells, chunk) -> state.weighed(chunk, weigher.apply(fitted, side, chunk)));
            return state.sums;
        }
        try (var out = new WrittenTable(file, json, table.table().columns(), added, types)) {
            table.read((cells, chunk) -> {
                Weights weights = weigher.apply(fitted, side, chunk);
                state.weighed(chunk, weights);
                double[][] values = values(weights, side);
                for (int i = 0; i < chunk.size(); i++) {
                    if (weights.kept() == null || weights.kept()[i]) {
                        kept += side == Side.SOURCE ? 1 : 0;
                        out.write(cells.get(i), row(values, i));
                    }
                }
            });
        }
        if (form == WeighOutput.Form.PARQUET) {
            Path parquet = into.resolve(name + form.ending());
            var columns = new LinkedHashMap<String, ColumnType>();
            table.table()
                    .columns()
                    .forEach(column -> columns.put(column, types.getOrDefault(column, ColumnType.NUMBER)));
            added.forEach(column -> columns.put(column, ColumnType.NUMBER));
            ParquetFile.of(file, parquet, columns);
            file = parquet;
        }
        files.add(String.valueOf(file.getFileName()));
        return state.sums;
    }

    private double[][] values(Weights weights, Side side) {
        List<String> names = weigher.columns(side);
        double[][] values = new double[names.size()][];
        for (int k = 0; k < values.length; k++) {
            double[] column = weights.columns().get(names.get(k));
            if (column == null) {
                throw new ShiftException("no weights of the name " + names.get(k) + " came of the method");
            }
            values[k] = column;
            if (weigher.weights(side).contains(names.get(k))) {
                spreads.merge(output.prefix() + names.get(k), WeightHistogram.of(column), WeightHistogram::plus);
            }
        }
        return values;
    }

    private static double[] row(double[][] columns, int i) {
        double[] row = new double[columns.length];
        for (int k = 0; k < row.length; k++) {
            row[k] = columns[k][i];
        }
        return row;
    }

    /** Moments under way. */
    private static final class State {
        private final List<String> features;
        private Balance.Moments sums;

        State(List<String> features) {
            this.features = features;
            this.sums = Balance.of(features, none -> null).zero();
        }

        void weighed(Chunk chunk, Weights weights) {
            sums = Balance.of(features, same -> weights.compared()).add(sums, chunk);
        }
    }
}
