package org.counterweight.data.table.write;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;

/** Parquet from a CSV file of ours, by DuckDB. */
public final class ParquetFile {
    private ParquetFile() {}

    /**
     * Writes {@code parquet} from {@code csv}, and takes the latter away.
     *
     * @param columns the names of all columns in their order, and what they hold
     */
    public static void of(Path csv, Path parquet, Map<String, ColumnType> columns) throws IOException {
        String typed = columns.entrySet().stream()
                .map(column ->
                        text(column.getKey()) + ": " + text(column.getValue().sql()))
                .collect(Collectors.joining(", "));
        String sql = "COPY (SELECT * FROM read_csv(" + text(csv.toString())
                + ", header = true, auto_detect = false, delim = ',',"
                + " quote = '\"', escape = '\"', columns = {" + typed + "})) TO " + text(parquet.toString())
                + " (FORMAT parquet)";
        var settings = new Properties();
        settings.setProperty("autoinstall_known_extensions", "false");
        settings.setProperty("autoload_known_extensions", "false");
        settings.setProperty("preserve_insertion_order", "true");
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:", settings);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IOException("Parquet cannot be written: " + e.getMessage(), e);
        }
        Files.delete(csv);
    }

    private static String text(String value) {
        return "'" + value.replace("'", "''") + "'";
    }
}
