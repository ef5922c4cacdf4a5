package org.counterweight.data.table.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.counterweight.config.Nearest;
import org.counterweight.data.DataException;
import org.counterweight.data.table.row.BadRows;
import org.counterweight.data.table.row.Cell;
import org.counterweight.data.table.row.Column;
import org.counterweight.data.table.row.Column.Type;
import org.counterweight.data.table.row.Decimals;
import org.counterweight.data.table.row.Row;
import org.counterweight.data.table.row.Row.Place;
import org.counterweight.data.table.row.RowCheck;
import org.counterweight.data.table.row.Wanted;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a question to DuckDB, which is told to fetch nothing and hands them over as it goes: a Parquet file, or SQL of the
 * user's.
 *
 * @param file what messages call it
 * @param query SQL, without a semicolon
 * @param database a file of DuckDB's that it is asked of; null without one
 */
public record QuerySource(
        Path file, String query, List<Column> columns, @Nullable Path database) implements RowSource {
    /** The rows of a Parquet file. */
    public static QuerySource ofParquet(Path file) {
        return of(file, "SELECT * FROM read_parquet('" + file.toString().replace("'", "''") + "')");
    }

    /** The rows of a query; files in it are named as seen from the working directory. */
    public static QuerySource of(Path called, String query) {
        return of(called, query, null);
    }

    private static QuerySource of(Path called, String query, @Nullable Path database) {
        var columns = new ArrayList<Column>();
        query(called, database, "DESCRIBE " + query, result -> {
            columns.add(new Column(result.getString(1), type(result.getString(2))));
        });
        return new QuerySource(called, query, List.copyOf(columns), database);
    }

    /**
     * The rows of a table or a view of a DuckDB database, which is only read.
     *
     * @param table its name, perhaps with its schema's before it; null for the only one
     * @throws DataException if the file is none of DuckDB's, or has no such table
     */
    public static QuerySource ofDatabase(Path called, Path database, @Nullable String table) throws IOException {
        refuseOthers(database);
        var tables = new LinkedHashMap<String, String>();
        query(
                called,
                database,
                "SELECT table_schema, table_name FROM information_schema.tables ORDER BY 1, 2",
                result -> {
                    String schema = result.getString(1);
                    String name = result.getString(2);
                    tables.put(
                            schema.equals("main") ? name : schema + "." + name, quoted(schema) + "." + quoted(name));
                });
        List<String> names = List.copyOf(tables.keySet());
        if (table == null && names.size() != 1) {
            throw new DataException(database + ": has " + names.size() + " tables; name one, as " + database + "#"
                    + (names.isEmpty() ? "reviews" : names.get(0)) + Nearest.hint("", names, "It has"));
        }
        String found = tables.get(table == null ? names.get(0) : table);
        if (found == null) {
            throw new DataException(
                    database + ": has no table \"" + table + "\"" + Nearest.hint(String.valueOf(table), names, "It has"));
        }
        return of(called, "SELECT * FROM " + found, database);
    }

    private static String quoted(String name) {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }

    private static void refuseOthers(Path database) throws IOException {
        if (!Files.isRegularFile(database)) {
            throw new DataException(database + ": there is no such file");
        }
        byte[] first;
        try (InputStream in = Files.newInputStream(database)) {
            first = in.readNBytes(16);
        }
        String words = new String(first, StandardCharsets.ISO_8859_1);
        if (words.startsWith("SQLite format 3")) {
            throw new DataException(database + ": is a database of SQLite, for which DuckDB fetches an extension; write the"
                    + " table as CSV, sqlite3 -header -csv " + database + " \"SELECT * FROM t\" > t.csv");
        }
        if (words.length() < 12 || !words.startsWith("DUCK", 8)) {
            throw new DataException(database + ": is no database of DuckDB");
        }
    }

    @Override
    public List<String> said() {
        return List.of();
    }

    @Override
    public void read(List<Wanted> wanted, BadRows bad, Consumer<Row> sink) {
        List<Type> types = wanted.stream()
                .map(column -> columns.stream()
                        .filter(known -> known.name().equals(column.name()))
                        .map(Column::type)
                        .findFirst()
                        .orElse(Type.TEXT))
                .toList();
        String selected = wanted.stream()
                .map(column -> "CAST(" + quoted(column.name()) + " AS VARCHAR)")
                .collect(Collectors.joining(", "));
        var check = new RowCheck(file, wanted, Decimals.POINT, bad);
        var number = new long[1];
        query(file, database, "SELECT " + selected + " FROM (" + query + ")", result -> {
            var cells = new ArrayList<Cell>(types.size());
            for (int i = 0; i < types.size(); i++) {
                cells.add(cell(types.get(i), result.getString(i + 1)));
            }
            Row row = check.row(Place.row(++number[0]), cells);
            if (row != null) {
                sink.accept(row);
            }
        });
    }

    private static Cell cell(Type type, @Nullable String written) {
        if (written == null) {
            return new Cell.Nothing();
        }
        return switch (type) {
            case NUMBER -> {
                Double value = Decimals.POINT.read(written);
                yield value == null ? new Cell.Text(written) : new Cell.Number(written, value);
            }
            case BOOLEAN ->
                written.equals("true") || written.equals("false")
                        ? new Cell.Truth(written.equals("true"))
                        : new Cell.Text(written); // "yes" in a file of texts, which DuckDB hands over as it stands
            case LIST -> new Cell.Many(written);
            case TEXT, NULL -> new Cell.Text(written);
        };
    }

    private static Type type(String sql) {
        if (sql.endsWith("]") || sql.startsWith("STRUCT") || sql.startsWith("MAP")) {
            return Type.LIST;
        }
        if (sql.equals("BOOLEAN")) {
            return Type.BOOLEAN;
        }
        boolean number = sql.contains("INT") && !sql.equals("INTERVAL")
                || sql.equals("FLOAT")
                || sql.equals("DOUBLE")
                || sql.startsWith("DECIMAL");
        return number ? Type.NUMBER : Type.TEXT;
    }

    private interface Reader {
        void read(ResultSet result) throws SQLException;
    }

    private static void query(Path file, @Nullable Path database, String sql, Reader reader) {
        var settings = new Properties();
        settings.setProperty("autoinstall_known_extensions", "false");
        settings.setProperty("autoload_known_extensions", "false");
        settings.setProperty("preserve_insertion_order", "true");
        settings.setProperty("jdbc_stream_results", "true");
        if (database != null) {
            settings.setProperty("duckdb.read_only", "true");
        }
        try (Connection connection =
                        DriverManager.getConnection("jdbc:duckdb:" + (database == null ? "" : database), settings);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                reader.read(result);
            }
        } catch (SQLException e) {
            String said = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new DataException(file + ": cannot be read: " + said, e);
        }
    }
}
