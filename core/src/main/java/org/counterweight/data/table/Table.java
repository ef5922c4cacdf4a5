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
 * A file with rows: CSV and its kin, JSON, Parquet, told by the ending; all but Parquet may be packed ({@code .gz}). Its form
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
    private final RowSource source;

    private Table(Path file, TableFormat format, RowSource source) {
        this.file = file;
        this.format = format;
        this.source = source;
    }

    /**
     * Opens a file and finds its form.
     *
     * @param expected columns that will be asked for: a reading that has them is the one that is meant
     * @throws DataException if there is no such file, it is of no kind that has rows, is empty, or its form is not clear
     */
    public static Table open(Path file, TableFormat format, Collection<String> expected) {
        if (Files.isDirectory(file)) {
            throw new DataException(file + ": is a directory; give a file");
        }
        if (!Files.isRegularFile(file)) {
            throw new DataException(file + ": there is no such file");
        }
        try {
            return new Table(file, format, source(new Bytes(file), format, Set.copyOf(expected)));
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
        return new Table(name, format, QuerySource.of(name, query.strip().replaceAll(";\\s*$", "")));
    }

    private static RowSource source(Bytes bytes, TableFormat format, Set<String> expected) throws IOException {
        String name = bytes.name();
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
                + ", .txt (plain text, or with data.format.delimiter a table); all but .parquet may end in .gz");
    }

    private static DataException unreadable(Path file, IOException e) {
        String why = e instanceof ZipException ? "it is no gzip file (" + e.getMessage() + ")" : e.getMessage();
        return new DataException(file + ": cannot be read: " + why, e);
    }

    /** Whether the file would be read as a table, and not as plain text. */
    public static boolean isTable(Path file, TableFormat format) {
        return !new Bytes(file).name().endsWith(".txt") || format.delimiter() != null;
    }

    /** Whether the file's name is that of a table, whatever it holds. */
    public static boolean isNamed(Path file) {
        return new Bytes(file).name().matches("(?s).*\\.(csv|tsv|jsonl|ndjson|json|parquet)");
    }

    /** What stands before the decimals of numbers that are written as texts. */
    public Decimals decimals() {
        return source.decimals();
    }

    /** The columns in the order of the file. */
    public List<Column> columns() {
        return source.columns();
    }

    /** What was found and is unusual, in a line: {@code reviews.csv: semicolons between columns}; null if nothing is. */
    public @Nullable String remark() {
        return source.said().isEmpty() ? null : file + ": " + String.join(", ", source.said());
    }

    /**
     * Refuses a name that is no column, or several.
     *
     * @throws DataException with the nearest name that is one
     */
    public void check(String name) {
        List<String> names = columns().stream().map(Column::name).toList();
        if (names.isEmpty()) {
            throw empty();
        }
        if (!names.contains(name)) {
            throw new DataException(file + ": has no column \"" + name + "\"" + Nearest.hint(name, names, "It has"));
        }
        long times = source instanceof SeparatedSource
                ? names.stream().filter(name::equalsIgnoreCase).count()
                : 1;
        if (times > 1) {
            throw new DataException(file + ": has " + times + " columns \"" + name + "\"; give each a name of its own");
        }
    }

    /**
     * Reads every row, some at a time; the file is refused after its last row if some cannot be used, and shall not be skipped.
     *
     * @return what was skipped, in lines to be said
     * @throws DataException if a column is not there, or rows cannot be used; how many, and the lines of the first
     */
    public List<String> read(List<Wanted> wanted, Consumer<Chunk> sink) {
        wanted.forEach(column -> check(column.name()));
        var bad = new BadRows(file, format);
        var rows = new ArrayList<Row>(CHUNK);
        var found = new long[1];
        try {
            source.read(wanted, bad, row -> {
                found[0]++;
                rows.add(row);
                if (rows.size() == CHUNK) {
                    sink.accept(new Chunk(wanted, rows));
                    rows.clear();
                }
            });
        } catch (IOException e) {
            throw unreadable(file, e);
        }
        bad.refuse();
        if (found[0] == 0) {
            throw bad.skipped().isEmpty()
                    ? empty()
                    : new DataException(String.join("; ", bad.skipped()) + "; no row is left");
        }
        if (!rows.isEmpty()) {
            sink.accept(new Chunk(wanted, rows));
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

    private DataException empty() {
        return new DataException(file + ": has no rows; give a file with at least one");
    }
}
