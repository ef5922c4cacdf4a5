package org.counterweight.jobs.weigh.table;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.counterweight.jobs.weigh.table.EncodedTables.ColumnType;

/** Parquet from a CSV file of ours, by DuckDB. */
public final class ParquetFile {
    private ParquetFile() {}

    /**
     * Writes {@code parquet} from {@code csv}, and takes the latter away.
     *
     * @param names of all columns
     * @param types of the columns that were there before; the others are numbers
     */
    public static void of(Path csv, Path parquet, List<String> names, Map<String, ColumnType> types)
            throws IOException {
        String columns = names.stream()
                .map(name -> text(name) + ": " + text(type(types.getOrDefault(name, ColumnType.NUMBER))))
                .collect(Collectors.joining(", "));
        String sql = "COPY (SELECT * FROM read_csv(" + text(csv.toString())
                + ", header = true, auto_detect = false, delim = ',',"
                + " quote = '\"', escape = '\"', columns = {" + columns + "})) TO " + text(parquet.toString())
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

    private static String type(ColumnType type) {
        return switch (type) {
            case INTEGER -> "BIGINT";
            case NUMBER -> "DOUBLE";
            case TEXT -> "VARCHAR";
        };
    }

    private static String text(String value) {
        return "'" + value.replace("'", "''") + "'";
    }
}
