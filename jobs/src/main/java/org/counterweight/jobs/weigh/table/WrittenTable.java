package org.counterweight.jobs.weigh.table;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.counterweight.config.Configs;
import org.counterweight.data.table.row.Cell;
import org.counterweight.data.table.write.ColumnType;
import org.counterweight.data.table.write.CsvWriter;
import tools.jackson.databind.node.ObjectNode;

/** A table in the making: the rows as they were, with columns of numbers behind them. CSV or JSON lines. */
public final class WrittenTable implements AutoCloseable {
    private final Path file;
    private final BufferedWriter out;
    private final boolean json;
    private final List<String> names;
    private final List<String> added;
    private final Map<String, ColumnType> types;

    /**
     * Begins a file.
     *
     * @param json whether each row is a JSON object; else CSV
     * @param names of the columns as they were
     * @param added names of the columns behind them
     * @param types of the columns as they were: in JSON numbers are written as such
     */
    public WrittenTable(Path file, boolean json, List<String> names, List<String> added, Map<String, ColumnType> types)
            throws IOException {
        this.file = file;
        this.out = Files.newBufferedWriter(file);
        this.json = json;
        this.names = List.copyOf(names);
        this.added = List.copyOf(added);
        this.types = Map.copyOf(types);
        if (!json) {
            var header = new ArrayList<>(names);
            header.addAll(added);
            new CsvWriter(out).line(header);
        }
    }

    /** Writes a row. */
    public void write(List<Cell> cells, double[] values) {
        try {
            if (json) {
                out.write(object(cells, values) + "\n");
            } else {
                new CsvWriter(out).line(row(cells, values));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private List<String> row(List<Cell> cells, double[] values) {
        var row = new ArrayList<String>(cells.size() + values.length);
        for (int i = 0; i < cells.size(); i++) {
            Cell cell = cells.get(i);
            row.add(
                    cell instanceof Cell.Nothing
                            ? ""
                            : types.get(names.get(i)) == ColumnType.NUMBER ? number(cell) : cell.written());
        }
        for (double value : values) {
            row.add(Double.toString(value));
        }
        return row;
    }

    private ObjectNode object(List<Cell> cells, double[] values) {
        ObjectNode row = Configs.JSON.createObjectNode();
        for (int i = 0; i < cells.size(); i++) {
            put(row, names.get(i), cells.get(i));
        }
        for (int k = 0; k < values.length; k++) {
            row.put(added.get(k), values[k]);
        }
        return row;
    }

    private void put(ObjectNode row, String name, Cell cell) {
        if (cell instanceof Cell.Nothing) {
            row.putNull(name);
        } else if (cell instanceof Cell.Truth truth) {
            row.put(name, truth.value());
        } else if (cell instanceof Cell.Many many) {
            row.put(name, many.written());
        } else if (types.get(name) == ColumnType.INTEGER) {
            row.put(name, Long.parseLong(cell.written().strip()));
        } else if (types.get(name) == ColumnType.NUMBER) {
            row.put(name, Double.parseDouble(number(cell)));
        } else {
            row.put(name, cell.written());
        }
    }

    /** With a point before its decimals, as these files are written. */
    private static String number(Cell cell) {
        return cell.written().strip().replace(',', '.');
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
