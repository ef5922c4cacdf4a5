package org.counterweight.data.table;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.zip.ZipException;
import org.counterweight.config.Nearest;
import org.counterweight.data.DataException;
import org.counterweight.data.table.form.Bytes;
import org.counterweight.data.table.form.Signature;
import org.counterweight.data.table.row.BadRows;
import org.counterweight.data.table.row.Column;
import org.counterweight.data.table.row.Decimals;
import org.counterweight.data.table.row.Row;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.data.table.row.Wanted;
import org.counterweight.data.table.source.JsonSource;
import org.counterweight.data.table.source.QuerySource;
import org.counterweight.data.table.source.RowSource;
import org.counterweight.data.table.source.SeparatedSource;
import org.jspecify.annotations.Nullable;

/**
 * A file with rows: CSV and its kin, JSON, Parquet, recognised by the ending; all but Parquet may be packed ({@code .gz}). Its form
 * is found in its first rows where {@link TableFormat} leaves it open; what is found and unusual is said ({@link #remark}), and
 * what may be meant in two ways is refused. Rows are read in the order of the file, some at a time.
 *
 * <p>Texts are read by code of our own and not by DuckDB, which reads Parquet here: it knows the line of every bad row, counts
 * them, and reads encodings for which DuckDB fetches an extension.
 */
public final class Table {
    private static final int CHUNK = 1024;
    private static final String ENDINGS = ".csv, .tsv, .jsonl, .ndjson, .json, .parquet";

    private final Path file;
    private final TableFormat format;
    private final List<Part> parts;

    /** One of its files. */
    private record Part(Path file, RowSource source) {}

    private Table(Path file, TableFormat format, List<Part> parts) {
        this.file = file;
        this.format = format;
        this.parts = List.copyOf(parts);
    }

    /**
     * Opens a file, or several that are read as one, and finds its form.
     *
     * @param file as {@link TableFiles} has it
     * @param expected columns that will be asked for: a reading that has them is the one that is meant
     * @throws DataException if there is no such file, it is of no kind that has rows, is empty, or its form is not clear
     */
    public static Table open(Path file, TableFormat format, Collection<String> expected) {
        try {
            Path database = TableFiles.database(file);
            if (database != null) {
                RowSource source = QuerySource.ofDatabase(file, database, TableFiles.tableOf(file, database));
                return new Table(file, format, List.of(new Part(file, source)));
            }
            var parts = new ArrayList<Part>();
            for (Path part : TableFiles.of(file)) {
                parts.add(new Part(part, source(new Bytes(part), format, Set.copyOf(expected))));
            }
            return new Table(file, format, parts);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /**
     * The rows of a query to DuckDB, which can name files of its own: {@code SELECT a, b FROM 'logs/*.parquet'}.
     *
     * @param called what messages call it
     * @throws DataException if the query is wrong
     */
    public static Table ofQuery(String called, String query, TableFormat format) {
        Path name = Path.of(called);
        RowSource source = QuerySource.of(name, query.strip().replaceAll(";\\s*$", ""));
        return new Table(name, format, List.of(new Part(name, source)));
    }

    private static RowSource source(Bytes bytes, TableFormat format, Set<String> expected) throws IOException {
        String name = bytes.name();
        String other = Signature.of(bytes);
        if (other != null) {
            throw new DataException(bytes.file() + ": " + other);
        }
        if (name.endsWith(".csv") || name.endsWith(".tsv") || name.endsWith(".txt") && format.delimiter() != null) {
            return SeparatedSource.open(bytes, format, expected);
        }
        if (name.endsWith(".jsonl") || name.endsWith(".ndjson") || name.endsWith(".json")) {
            return JsonSource.open(bytes, format);
        }
        if (name.endsWith(".parquet") && !bytes.isPacked()) {
            return QuerySource.ofParquet(bytes.file());
        }
        throw new DataException(bytes.file() + ": the ending is none of " + ENDINGS
                + ", .txt (plain text, or with data.format.delimiter a table), .duckdb; all but .parquet may"
                + " end in .gz");
    }

    private static DataException unreadable(Path file, IOException e) {
        String why = e instanceof ZipException ? "it is no gzip file (" + e.getMessage() + ")" : e.getMessage();
        return new DataException(file + ": cannot be read: " + why, e);
    }

    /** Whether the file would be read as a table, and not as plain text. */
    public static boolean isTable(Path file, TableFormat format) {
        return !new Bytes(file).name().endsWith(".txt") || format.delimiter() != null || !Files.isRegularFile(file);
    }

    /** Whether the file's name is that of a table, whatever it holds. */
    public static boolean isNamed(Path file) {
        return new Bytes(file).name().matches("(?s).*\\.(csv|tsv|jsonl|ndjson|json|parquet)");
    }

    /** What stands before the decimals of numbers that are written as texts. */
    public Decimals decimals() {
        return parts.get(0).source().decimals();
    }

    /** The columns in the order of the file, or of the first. */
    public List<Column> columns() {
        return parts.get(0).source().columns();
    }

    /** What was found and is unusual, in a line: {@code reviews.csv: semicolons between columns}; null if nothing is. */
    public @Nullable String remark() {
        List<String> remarks = parts.stream()
                .filter(part -> !part.source().said().isEmpty())
                .map(part ->
                        part.file() + ": " + String.join(", ", part.source().said()))
                .toList();
        return remarks.isEmpty() ? null : String.join("; ", remarks);
    }

    /**
     * Refuses a name that is no column, or several.
     *
     * @throws DataException with the nearest name that is one
     */
    public void check(String name) {
        parts.forEach(part -> check(part, name));
    }

    private void check(Part part, String name) {
        List<String> names = part.source().columns().stream().map(Column::name).toList();
        if (names.isEmpty()) {
            read(part, List.of(), row -> {}); // tells what is wrong with rows of which none could be read
            throw empty(part.file());
        }
        if (!names.contains(name)) {
            throw new DataException(
                    part.file() + ": has no column \"" + name + "\"" + Nearest.hint(name, names, "It has"), name);
        }
        long times = part.source() instanceof SeparatedSource
                ? names.stream().filter(name::equalsIgnoreCase).count()
                : 1;
        if (times > 1) {
            throw new DataException(
                    part.file() + ": has " + times + " columns \"" + name + "\"; give each a name of its own");
        }
    }

    /** Whether there is a row at all: a file of nothing has none, nor has one of a header alone. */
    public boolean hasRows() {
        var found = new long[1];
        for (Part part : parts) {
            List<Column> columns = part.source().columns();
            if (columns.isEmpty()) {
                continue;
            }
            var bad = new BadRows(part.file(), format);
            try {
                part.source().read(List.of(Wanted.any(columns.get(0).name())), bad, row -> found[0]++);
            } catch (IOException e) {
                throw unreadable(part.file(), e);
            }
            bad.refuse();
            found[0] += bad.skipped().size();
        }
        return found[0] > 0;
    }

    /**
     * Reads every row, some at a time; the file is refused after its last row if some cannot be used, and shall not be skipped.
     *
     * @return what was skipped, in lines to be said
     * @throws DataException if a column is not there, or rows cannot be used; how many, and the lines of the first
     */
    public List<String> read(List<Wanted> wanted, Consumer<Chunk> sink) {
        wanted.forEach(column -> check(column.name()));
        var skipped = new ArrayList<String>();
        var rows = new ArrayList<Row>(CHUNK);
        for (Part part : parts) {
            skipped.addAll(read(part, wanted, row -> {
                rows.add(row);
                if (rows.size() == CHUNK) {
                    sink.accept(new Chunk(wanted, rows));
                    rows.clear();
                }
            }));
        }
        if (!rows.isEmpty()) {
            sink.accept(new Chunk(wanted, rows));
        }
        return skipped;
    }

    private List<String> read(Part part, List<Wanted> wanted, Consumer<Row> sink) {
        var bad = new BadRows(part.file(), format);
        var found = new long[1];
        String name = parts.size() == 1 ? null : String.valueOf(part.file().getFileName());
        try {
            part.source().read(wanted, bad, row -> {
                found[0]++;
                sink.accept(name == null ? row : new Row(row.place().in(name), row.cells()));
            });
        } catch (IOException e) {
            throw unreadable(part.file(), e);
        }
        bad.refuse();
        if (found[0] == 0) {
            throw bad.skipped().isEmpty()
                    ? empty(part.file())
                    : new DataException(String.join("; ", bad.skipped()) + "; no row is left");
        }
        return bad.skipped();
    }

    /** The columns of every row that can be used, in memory; what was found and what was skipped goes to {@code remarks}. */
    public TableRows read(List<Wanted> wanted, List<String> remarks) {
        var rows = new TableRows.Builder(wanted);
        List<String> skipped = read(wanted, rows::add);
        String remark = remark();
        if (remark != null) {
            remarks.add(remark);
        }
        remarks.addAll(skipped);
        return rows.build();
    }

    /**
     * The columns of every row that can be used, so many rows at a time, or a few more; the last may be fewer.
     *
     * @return what was skipped, in lines to be said
     */
    public List<String> readSome(List<Wanted> wanted, int rows, Consumer<TableRows> sink) {
        var some = new TableRows.Builder[] {new TableRows.Builder(wanted)};
        List<String> skipped = read(wanted, chunk -> {
            some[0].add(chunk);
            if (some[0].size() >= rows) {
                sink.accept(some[0].build());
                some[0] = new TableRows.Builder(wanted);
            }
        });
        if (some[0].size() > 0) {
            sink.accept(some[0].build());
        }
        return skipped;
    }

    private static DataException empty(Path file) {
        return new DataException(file + ": has no rows; give a file with at least one");
    }
}
