package org.counterweight.cli.job;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import org.counterweight.config.Nearest;
import org.counterweight.data.DataException;
import org.jspecify.annotations.Nullable;

/**
 * Columns of a CSV, JSONL or Parquet file as texts, read by DuckDB, which is told to fetch nothing.
 *
 * @param path by whose ending the kind is told
 */
public record TextFile(Path path) {
    public TextFile {
        if (!Files.isRegularFile(path)) {
            throw new DataException(path + ": there is no such file");
        }
        scan(path);
    }

    /** The names of the columns, or keys. */
    public List<String> columns() {
        return query("DESCRIBE SELECT * FROM " + scan(path), result -> result.getString(1));
    }

    /**
     * Refuses a name that is no column.
     *
     * @throws DataException with the nearest name that is one
     */
    public void check(String name) {
        List<String> columns = columns();
        if (!columns.contains(name)) {
            String nearest = Nearest.to(name, columns);
            throw new DataException(path + ": has no column \"" + name + "\""
                    + (nearest == null ? "" : "; did you mean \"" + nearest + "\"?") + " It has "
                    + String.join(", ", columns));
        }
    }

    /**
     * The values of one column, in the order of the rows.
     *
     * @throws DataException if there is no such column, or a row has no value in it; the message has the row
     */
    public List<String> column(String name) {
        check(name);
        String quoted = '"' + name.replace("\"", "\"\"") + '"';
        List<@Nullable String> values =
                query("SELECT CAST(" + quoted + " AS VARCHAR) FROM " + scan(path), result -> result.getString(1));
        var texts = new ArrayList<String>(values.size());
        for (int row = 0; row < values.size(); row++) {
            String value = values.get(row);
            if (value == null) {
                throw new DataException(path + ": row " + (row + 1) + " has no " + name);
            }
            texts.add(value);
        }
        if (texts.isEmpty()) {
            throw new DataException(path + ": has no rows");
        }
        return texts;
    }

    /** The table function that reads a file of this kind. */
    private static String scan(Path path) {
        String file = "'" + path.toString().replace("'", "''") + "'";
        String name = path.toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".csv") || name.endsWith(".tsv")) {
            return "read_csv(" + file + ", header=true, all_varchar=true)";
        }
        if (name.endsWith(".jsonl") || name.endsWith(".ndjson")) {
            return "read_json(" + file + ", format='newline_delimited')";
        }
        if (name.endsWith(".parquet")) {
            return "read_parquet(" + file + ")";
        }
        throw new DataException(path + ": the ending is none of .csv, .tsv, .jsonl, .parquet");
    }

    private interface Reader<T> {
        T read(ResultSet result) throws SQLException;
    }

    private <T extends @Nullable Object> List<T> query(String sql, Reader<T> reader) {
        var settings = new Properties();
        settings.setProperty("autoinstall_known_extensions", "false");
        settings.setProperty("autoload_known_extensions", "false");
        settings.setProperty("preserve_insertion_order", "true");
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:", settings);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            var rows = new ArrayList<T>();
            while (result.next()) {
                rows.add(reader.read(result));
            }
            return rows;
        } catch (SQLException e) {
            String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new DataException(path + ": cannot be read: " + message, e);
        }
    }
}
