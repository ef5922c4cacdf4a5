package org.counterweight.data.graph;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.counterweight.data.DataException;
import org.counterweight.data.table.Table;
import org.counterweight.data.table.row.Column;
import org.counterweight.data.table.row.TableFormat;

/**
 * The tables of a graph in a directory.
 *
 * @param nodes {@code nodes} with an ending of a table
 * @param edges {@code edges} likewise
 */
record GraphTables(Path nodes, Path edges) {
    private static final List<String> ENDINGS = List.of(".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".parquet");

    /** @throws DataException if one is not there, or there in two forms */
    static GraphTables in(Path directory) {
        return new GraphTables(one(directory, "nodes"), one(directory, "edges"));
    }

    private static Path one(Path directory, String name) {
        var found = new ArrayList<Path>();
        try (Stream<Path> files = Files.list(directory)) {
            files.filter(file -> isTable(String.valueOf(file.getFileName()), name))
                    .sorted()
                    .forEach(found::add);
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be listed: " + e.getMessage(), e);
        }
        if (found.isEmpty()) {
            throw new DataException(directory.resolve(name + ".csv")
                    + ": there is no such file, nor one of another ending (" + String.join(", ", ENDINGS)
                    + "); a graph in a directory has a table of nodes and one of edges");
        }
        if (found.size() > 1) {
            throw new DataException(directory + ": has " + found.get(0).getFileName() + " and "
                    + found.get(1).getFileName() + "; leave one of them");
        }
        return found.get(0);
    }

    private static boolean isTable(String file, String name) {
        String plain = file.endsWith(".gz") ? file.substring(0, file.length() - 3) : file;
        return ENDINGS.stream().anyMatch(ending -> plain.equals(name + ending));
    }

    Table ofNodes(GraphColumns columns) {
        return open(nodes, List.of(columns.id()));
    }

    Table ofEdges(GraphColumns columns) {
        return open(edges, List.of(columns.source(), columns.target()));
    }

    private static Table open(Path file, List<String> columns) {
        Table table = Table.open(file, TableFormat.FIND_OUT, columns);
        columns.forEach(table::check);
        return table;
    }

    /** The columns of a node's numbers. */
    List<String> features(GraphColumns columns) {
        Table table = ofNodes(columns);
        if (columns.features() != null) {
            columns.features().forEach(table::check);
            return columns.features();
        }
        List<String> features = table.columns().stream()
                .map(Column::name)
                .filter(name -> !name.equals(columns.id()) && !name.equals(columns.label()))
                .toList();
        if (features.isEmpty()) {
            throw new DataException(nodes + ": has no features; give a column of numbers for each");
        }
        return features;
    }

    /** Refuses tables without the columns that are asked for. */
    void check(GraphColumns columns) {
        features(columns);
        ofEdges(columns);
    }

    static boolean has(Table table, String name) {
        return table.columns().stream().anyMatch(column -> column.name().equals(name));
    }
}
