package org.counterweight.data.table.source;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.stream.Collectors;
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
 */
public record QuerySource(Path file, String query, List<Column> columns) implements RowSource {
    /** The rows of a Parquet file. */
    public static QuerySource ofParquet(Path file) {
        return of(file, "SELECT * FROM read_parquet('" + file.toString().replace("'", "''") + "')");
    }

    /** The rows of a query; files in it are named as seen from the working directory. */
    public static QuerySource of(Path called, String query) {
        var columns = new ArrayList<Column>();
        query(called, "DESCRIBE " + query, result -> {
            columns.add(new Column(result.getString(1), type(result.getString(2))));
        });
        return new QuerySource(called, query, List.copyOf(columns));
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
                .map(column -> "CAST(\"" + column.name().replace("\"", "\"\"") + "\" AS VARCHAR)")
                .collect(Collectors.joining(", "));
        var check = new RowCheck(file, wanted, Decimals.POINT, bad);
        var number = new long[1];
        query(file, "SELECT " + selected + " FROM (" + query + ")", result -> {
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

    private static void query(Path file, String sql, Reader reader) {
        var settings = new Properties();
        settings.setProperty("autoinstall_known_extensions", "false");
        settings.setProperty("autoload_known_extensions", "false");
        settings.setProperty("preserve_insertion_order", "true");
        settings.setProperty("jdbc_stream_results", "true");
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:", settings);
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
