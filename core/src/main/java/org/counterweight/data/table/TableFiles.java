package org.counterweight.data.table;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.counterweight.data.DataException;
import org.jspecify.annotations.Nullable;

/**
 * What a table's name stands for: a file; several, as {@code logs/*.csv} or {@code {2023,2024}.csv} name them, which are read one
 * after the other by the alphabet; or a table of a DuckDB database, {@code shop.duckdb#reviews}.
 */
public final class TableFiles {
    private static final String SIGNS = "*?{[";
    private static final Pattern ENDING = Pattern.compile("\\.(csv|tsv|jsonl|ndjson|parquet)(\\.gz)?$");

    private TableFiles() {}

    /**
     * The files.
     *
     * @throws DataException if none is named so
     */
    public static List<Path> of(Path name) {
        Path database = database(name);
        if (database != null) {
            return List.of(database);
        }
        if (Files.isDirectory(name)) {
            throw new DataException(
                    name + ": is a directory; give a file, or name those in it: " + name.resolve("*" + ending(name)));
        }
        if (Files.isRegularFile(name)) {
            return List.of(name);
        }
        Path last = name.getFileName();
        if (last == null || !isPattern(name.toString())) {
            throw new DataException(name + ": there is no such file");
        }
        Path parent = name.getParent() == null ? Path.of("") : name.getParent();
        if (isPattern(parent.toString()) || !Files.isDirectory(parent)) {
            throw new DataException(
                    name + ": " + parent + " is no directory; * and its like stand for parts of a file's name alone");
        }
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + last);
        try (Stream<Path> files = Files.list(parent)) {
            List<Path> found = files.filter(file -> matcher.matches(file.getFileName()))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
            if (found.isEmpty()) {
                throw new DataException(name + ": no file is named so");
            }
            return found;
        } catch (IOException e) {
            throw new DataException(parent + ": cannot be listed: " + e.getMessage(), e);
        }
    }

    /** That of the first table in a directory; {@code .csv} where there is none. */
    private static String ending(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted()
                    .map(file -> ENDING.matcher(file.toString()))
                    .filter(Matcher::find)
                    .map(Matcher::group)
                    .findFirst()
                    .orElse(".csv");
        } catch (IOException e) {
            throw new DataException(directory + ": cannot be listed: " + e.getMessage(), e);
        }
    }

    private static boolean isPattern(String name) {
        return name.chars().anyMatch(c -> SIGNS.indexOf(c) >= 0);
    }

    /** The file of a database whose table is named, or that is named itself; null for other files. */
    static @Nullable Path database(Path name) {
        String words = name.toString();
        int mark = words.lastIndexOf('#');
        boolean marked = mark > 0 && !Files.exists(name);
        String file = marked ? words.substring(0, mark) : words;
        boolean named = Stream.of(".duckdb", ".db", ".sqlite", ".sqlite3").anyMatch(file::endsWith);
        return named && (marked || Files.isRegularFile(name)) ? Path.of(file) : null;
    }

    /** The table that is named in a database; null if none is. */
    static @Nullable String tableOf(Path name, Path database) {
        return database.equals(name)
                ? null
                : name.toString().substring(database.toString().length() + 1);
    }
}
