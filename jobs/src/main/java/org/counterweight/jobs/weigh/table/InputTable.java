package org.counterweight.jobs.weigh.table;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.counterweight.data.DataException;
import org.counterweight.data.table.Table;
import org.counterweight.data.table.TableFiles;
import org.counterweight.data.table.row.Cell;
import org.counterweight.data.table.row.Column;
import org.counterweight.data.table.row.Row;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.data.table.row.Wanted;
import org.jspecify.annotations.Nullable;

/**
 * A table as the user names it: a file, a glob ({@code logs/*.csv}) whose files have the same columns, or SQL for DuckDB
 * ({@code SELECT … FROM 'a.parquet'}).
 *
 * @param name as it was written
 * @param parts one a file, in the order of their names
 */
public record InputTable(String name, List<Part> parts) {
    /** The column that tells which table a row is of, where arms come as tables of their own. */
    public static final String ARM = "arm";

    /**
     * One file, or the rows of a query.
     *
     * @param arm what stands in the column {@link #ARM} of its rows; null if there is no such column beside the file's
     */
    public record Part(Table table, String called, @Nullable String arm) {}

    /** Takes a row: where it stands, and its cells in the order of {@link #columns}. */
    @FunctionalInterface
    public interface RowTaker {
        void take(Part part, Row.Place place, List<Cell> cells);
    }

    public InputTable {
        parts = List.copyOf(parts);
    }

    /**
     * Opens what a user named.
     *
     * @throws DataException if there is no such file, or files have different columns
     */
    public static InputTable open(String name, TableFormat format) {
        String start = name.strip().toLowerCase(Locale.ROOT);
        if (start.startsWith("select ") || start.startsWith("from ") || start.startsWith("with ")) {
            return new InputTable(name, List.of(new Part(Table.ofQuery("the query", name, format), "the query", null)));
        }
        var parts = new ArrayList<Part>();
        for (Path file : named(Path.of(name))) {
            parts.add(new Part(Table.open(file, format, List.of()), file.toString(), null));
        }
        var table = new InputTable(name, parts);
        for (Part part : parts) {
            List<String> own = part.table().columns().stream().map(Column::name).toList();
            if (!own.equals(table.columns())) {
                throw new DataException(part.called() + ": has the columns " + String.join(", ", own) + ", but "
                        + parts.get(0).called() + " has " + String.join(", ", table.columns())
                        + "; tables that are read as one have the same columns in the same order");
            }
        }
        return table;
    }

    /** Tables whose rows are of one arm each. */
    public static InputTable ofArms(InputTable treatment, InputTable control) {
        if (!treatment.columns().equals(control.columns())) {
            throw new DataException(control.name + ": has other columns than " + treatment.name
                    + ": " + String.join(", ", control.columns()) + " where that has "
                    + String.join(", ", treatment.columns()));
        }
        if (treatment.columns().contains(ARM)) {
            throw new DataException(treatment.name + ": has a column \"" + ARM
                    + "\" already; name it (--arm), with both tables in one file, or give it another name");
        }
        var parts = new ArrayList<Part>();
        treatment.parts.forEach(part -> parts.add(new Part(part.table(), part.called(), "treatment")));
        control.parts.forEach(part -> parts.add(new Part(part.table(), part.called(), "control")));
        return new InputTable(treatment.name + " and " + control.name, parts);
    }

    /** Each file of several; a table of a database stays under its own name. */
    private static List<Path> named(Path name) {
        List<Path> files = TableFiles.of(name);
        return files.size() == 1 ? List.of(name) : files;
    }

    /** The files; none for a query. */
    public List<Path> paths() {
        return parts.stream()
                .filter(part -> !part.called().equals("the query"))
                .flatMap(part -> TableFiles.of(Path.of(part.called())).stream())
                .toList();
    }

    /** The names of the columns. */
    public List<String> columns() {
        var names = new ArrayList<>(
                parts.get(0).table().columns().stream().map(Column::name).toList());
        if (parts.get(0).arm() != null) {
            names.add(ARM);
        }
        return names;
    }

    /**
     * Refuses a name that is no column.
     *
     * @throws DataException with the nearest that is one
     */
    public void check(String column) {
        if (!columns().contains(column)) {
            parts.get(0).table().check(column);
        }
    }

    /**
     * Reads all rows with all their columns.
     *
     * @return what was skipped, in lines to be said
     */
    public List<String> read(RowTaker taker) {
        var said = new ArrayList<String>();
        for (Part part : parts) {
            List<Wanted> wanted = part.table().columns().stream()
                    .map(column -> Wanted.any(column.name()))
                    .toList();
            said.addAll(part.table().read(wanted, chunk -> {
                for (Row row : chunk.rows()) {
                    taker.take(part, row.place(), withArm(row.cells(), part.arm()));
                }
            }));
        }
        return said;
    }

    private static List<Cell> withArm(List<Cell> cells, @Nullable String arm) {
        if (arm == null) {
            return cells;
        }
        var more = new ArrayList<>(cells);
        more.add(new Cell.Text(arm));
        return more;
    }

    /** What is unusual about the form of the files. */
    public void remarks(Consumer<String> say) {
        for (Part part : parts) {
            String remark = part.table().remark();
            if (remark != null) {
                say.accept(remark);
            }
        }
    }
}
