package org.counterweight.data.graph;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.data.DataException;
import org.counterweight.data.table.Table;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.row.Column;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.data.table.row.Wanted;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;

/**
 * A graph in a directory: {@code nodes.csv} with {@code id}, perhaps {@code label} (empty for none), and features, all of them
 * numbers; {@code edges.csv} with {@code source} and {@code target}, ids of nodes, and perhaps {@code weight}. An edge goes one way:
 * what is undirected stands in both.
 */
record TableGraph(Path directory) {
    private static final String ID = "id";
    private static final String LABEL = "label";
    private static final String SOURCE = "source";
    private static final String TARGET = "target";
    private static final String WEIGHT = "weight";

    Graph read() {
        Table nodes = table("nodes.csv", List.of(ID));
        List<String> columns = nodes.columns().stream().map(Column::name).toList();
        List<String> features = columns.stream()
                .filter(name -> !name.equals(ID) && !name.equals(LABEL))
                .toList();
        if (features.isEmpty()) {
            throw new DataException(
                    directory.resolve("nodes.csv") + ": has no features; give a column of numbers for each");
        }
        var wanted = new ArrayList<>(List.of(Wanted.text(ID)));
        features.forEach(name -> wanted.add(Wanted.number(name)));
        boolean isLabelled = columns.contains(LABEL);
        if (isLabelled) {
            wanted.add(Wanted.text(LABEL).orNothing());
        }
        TableRows rows = nodes.read(wanted, new ArrayList<>());
        List<String> labels = isLabelled ? rows.texts(LABEL) : List.of();
        var names = new TreeSet<>(labels);
        names.remove("");
        List<String> labelNames = List.copyOf(names);
        try (var scope = Scope.open()) {
            Tensor[] values = features.stream()
                    .map(name -> Tensors.doubles(rows.numbers(name), rows.size(), 1))
                    .toArray(Tensor[]::new);
            Tensor inputs = torch.cat(new TensorVector(values), 1).to(ScalarType.Float);
            Graph graph = edges(ids(rows), inputs, numbered(labels, labelNames, rows.size()), labelNames);
            return new Graph(
                    scope.keep(graph.features()),
                    scope.keep(graph.labels()),
                    labelNames,
                    scope.keep(graph.edges()),
                    graph.weights() == null ? null : scope.keep(graph.weights()));
        }
    }

    private static Tensor numbered(List<String> labels, List<String> names, int nodes) {
        Map<String, Long> numbers = new HashMap<>();
        names.forEach(name -> numbers.put(name, (long) numbers.size()));
        long[] all = new long[nodes];
        for (int node = 0; node < nodes; node++) {
            all[node] = labels.isEmpty() ? Graph.UNLABELLED : numbers.getOrDefault(labels.get(node), Graph.UNLABELLED);
        }
        return Tensors.longs(all);
    }

    private Map<String, Long> ids(TableRows rows) {
        Map<String, Long> ids = new HashMap<>();
        for (int node = 0; node < rows.size(); node++) {
            String id = rows.texts(ID).get(node);
            if (ids.put(id, (long) node) != null) {
                throw new DataException(directory.resolve("nodes.csv") + ": "
                        + rows.places().get(node) + ": a second node has the id " + id + "; give each one of its own");
            }
        }
        return ids;
    }

    private Graph edges(Map<String, Long> ids, Tensor inputs, Tensor labels, List<String> labelNames) {
        Table edges = table("edges.csv", List.of(SOURCE, TARGET));
        var wanted = new ArrayList<>(List.of(Wanted.text(SOURCE), Wanted.text(TARGET)));
        boolean isWeighted =
                edges.columns().stream().anyMatch(column -> column.name().equals(WEIGHT));
        if (isWeighted) {
            wanted.add(Wanted.number(WEIGHT));
        }
        TableRows rows = edges.read(wanted, new ArrayList<>());
        long[] ends = new long[2 * rows.size()];
        for (int edge = 0; edge < rows.size(); edge++) {
            int at = edge;
            ToLongFunction<String> end = column -> end(ids, rows, column, at);
            ends[edge] = end.applyAsLong(SOURCE);
            ends[rows.size() + edge] = end.applyAsLong(TARGET);
        }
        return new Graph(
                inputs,
                labels,
                labelNames,
                Tensors.longs(ends, 2, rows.size()),
                isWeighted ? Tensors.doubles(rows.numbers(WEIGHT)).to(ScalarType.Float) : null);
    }

    private long end(Map<String, Long> ids, TableRows rows, String column, int edge) {
        String id = rows.texts(column).get(edge);
        Long node = ids.get(id);
        if (node == null) {
            throw new DataException(directory.resolve("edges.csv") + ": "
                    + rows.places().get(edge) + ": " + column + " is " + id + ", and no node has that id");
        }
        return node;
    }

    private Table table(String name, List<String> columns) {
        Path file = directory.resolve(name);
        if (!Files.isRegularFile(file)) {
            throw new DataException(
                    file + ": there is no such file; a graph in a directory has nodes.csv and edges.csv");
        }
        Table table = Table.open(file, TableFormat.FIND_OUT, columns);
        columns.forEach(table::check);
        return table;
    }
}
