package org.counterweight.jobs.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.counterweight.config.Configs;
import org.counterweight.config.Nearest;
import org.counterweight.data.DataException;
import org.counterweight.data.JsonLines;
import org.counterweight.data.text.LabelledTexts;
import org.jspecify.annotations.Nullable;

/**
 * Columns of a CSV, JSONL or Parquet file as texts; plain text has one column, {@value #TEXT}, in which an empty line ends
 * a text. CSV and Parquet are read by DuckDB, which is told to fetch nothing, and
 * not to guess: a CSV file has commas (a TSV file tabs), double quotes, and a first line with the names of its columns.
 *
 * @param path by whose ending the kind is told
 */
public record TextFile(Path path) {
    private static final String TEXT = "text";

    public TextFile {
        if (Files.isDirectory(path)) {
            throw new DataException(path + ": is a directory; give a file");
        }
        if (!Files.isRegularFile(path)) {
            throw new DataException(path + ": there is no such file");
        }
        if (!isJson(path) && !isSeparated(path) && !isPlain(path)) {
            scan(path);
        }
    }

    private static boolean isJson(Path path) {
        String name = path.toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".jsonl") || name.endsWith(".ndjson");
    }

    private static boolean isPlain(Path path) {
        return path.toString().toLowerCase(Locale.ROOT).endsWith(".txt");
    }

    private List<String> paragraphs() {
        try {
            List<String> texts = Arrays.stream(Configs.text(path).split("(?:\\h*\\R){2,}"))
                    .map(String::strip)
                    .filter(text -> !text.isEmpty())
                    .toList();
            if (texts.isEmpty()) {
                throw empty();
            }
            return texts;
        } catch (IOException e) {
            throw new DataException(path + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** The names of the columns, or the keys of the first line. */
    public List<String> columns() {
        if (isPlain(path)) {
            return List.of(TEXT);
        }
        if (isJson(path)) {
            JsonLines.Line first = JsonLines.first(path);
            if (first == null) {
                throw empty();
            }
            return List.copyOf(first.values().propertyNames());
        }
        if (path.toFile().length() == 0) {
            throw empty(); // DuckDB would make up a column
        }
        String lenient = isSeparated(path) ? separated(path) + ", all_varchar=true, ignore_errors=true)" : scan(path);
        return query("DESCRIBE SELECT * FROM " + lenient, result -> result.getString(1));
    }

    /**
     * Refuses a name that is no column.
     *
     * @throws DataException with the nearest name that is one
     */
    public void check(String name) {
        List<String> columns = columns();
        if (!columns.contains(name)) {
            throw new DataException(path + ": has no column \"" + name + "\"" + Nearest.hint(name, columns, "It has"));
        }
        if (isSeparated(path)) {
            checkOnce(name, columns.size());
        }
    }

    /** Refuses a name that stands over several columns: DuckDB would call the others otherwise. */
    private void checkOnce(String name, int columns) {
        String line = "SELECT * FROM " + read(path) + ", header=false, all_varchar=true, ignore_errors=true) LIMIT 1";
        long times = query(line, result -> {
                    int found = 0;
                    for (int column = 1; column <= columns; column++) {
                        String heading = result.getString(column);
                        found += heading != null && heading.strip().equalsIgnoreCase(name) ? 1 : 0;
                    }
                    return found;
                })
                .stream()
                .mapToInt(Integer::intValue)
                .sum();
        if (times > 1) {
            throw new DataException(path + ": has " + times + " columns \"" + name + "\"; give each a name of its own");
        }
    }

    /**
     * The values of one column, in the order of the rows.
     *
     * @throws DataException if there is no such column, or a row has no value in it; the message has the row
     */
    public List<String> column(String name) {
        check(name);
        if (isPlain(path)) {
            return paragraphs();
        }
        if (isJson(path)) {
            var texts = new ArrayList<String>();
            JsonLines.read(path, line -> texts.add(line.get(name)));
            return texts;
        }
        String quoted = '"' + name.replace("\"", "\"\"") + '"';
        List<@Nullable String> values =
                query("SELECT CAST(" + quoted + " AS VARCHAR) FROM " + source(), result -> result.getString(1));
        var texts = new ArrayList<String>(values.size());
        for (int row = 0; row < values.size(); row++) {
            String value = values.get(row);
            if (value == null) {
                throw new DataException(path + ": row " + (row + 1) + " has no " + name);
            }
            texts.add(value);
        }
        if (texts.isEmpty()) {
            throw empty();
        }
        return texts;
    }

    /**
     * Texts and the class of each.
     *
     * @param classes those that there are, in their order
     * @throws DataException if a label is none of them; the message has file and row
     */
    public LabelledTexts labelled(String text, String label, List<String> classes) {
        List<String> texts = column(text);
        List<String> labels = column(label);
        try {
            return LabelledTexts.of(texts, labels, classes);
        } catch (DataException e) { // it knows the row, but not the file
            throw new DataException(path + ": " + e.getMessage(), e);
        }
    }

    private DataException empty() {
        return new DataException(path + ": has no rows; give a file with at least one");
    }

    /** The table function that reads the rows: strictly, now that the columns are known, so that a bad line is told. */
    private String source() {
        if (!isSeparated(path)) {
            return scan(path);
        }
        String columns = columns().stream()
                .map(column -> literal(column) + ": 'VARCHAR'")
                .collect(Collectors.joining(", ", "{", "}"));
        return separated(path) + ", auto_detect=false, columns=" + columns + ")";
    }

    private static boolean isSeparated(Path path) {
        String name = path.toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".csv") || name.endsWith(".tsv");
    }

    private static String separated(Path path) {
        return read(path) + ", header=true";
    }

    /** Begins the call of DuckDB's reader. */
    private static String read(Path path) {
        String separator = path.toString().toLowerCase(Locale.ROOT).endsWith(".csv") ? "," : "\t";
        return "read_csv(" + literal(path.toString()) + ", skip=0, quote='\"', escape='\"', delim='" + separator + "'";
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private static String scan(Path path) {
        if (path.toString().toLowerCase(Locale.ROOT).endsWith(".parquet")) {
            return "read_parquet(" + literal(path.toString()) + ")";
        }
        throw new DataException(path + ": the ending is none of .csv, .tsv, .jsonl, .parquet, .txt");
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
            throw unreadable(String.valueOf(e.getMessage()), e);
        }
    }

    /** Of DuckDB's long messages what a reader can use: the line, and what was wrong there. */
    private DataException unreadable(String message, SQLException cause) {
        if (message.contains("Error when sniffing")) {
            return new DataException(
                    path + ": no columns can be made out; save it as UTF-8 with commas, and close every double quote",
                    cause);
        }
        Matcher line = Pattern.compile("CSV Error on Line: (\\d+)").matcher(message);
        if (!line.find()) {
            return new DataException(
                    path + ": cannot be read: " + message.lines().findFirst().orElse(""), cause);
        }
        String reason = message.lines()
                .skip(1)
                .map(String::strip)
                .filter(text -> !text.startsWith("Original Line") && !text.isEmpty())
                .findFirst()
                .orElse("it is no line of a CSV file");
        if (reason.startsWith("Invalid unicode")) {
            return new DataException(path + ":" + line.group(1) + ": is no UTF-8 text; save it as UTF-8", cause);
        }
        String remedy = reason.startsWith("Expected Number") ? "; put texts with commas in double quotes" : "";
        return new DataException(path + ":" + line.group(1) + ": " + reason + remedy, cause);
    }
}
