package org.counterweight.data.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.data.DataException;
import org.counterweight.data.table.NumbersWritten;
import org.counterweight.data.table.Table;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.row.Column;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.data.table.row.Wanted;
import org.counterweight.engine.Tensors;
import org.jspecify.annotations.Nullable;

/**
 * A graph in tables: nodes with a name, perhaps a class (empty for none) and numbers; edges between nodes by their names, perhaps
 * with a weight. An edge goes one way: what is undirected stands in both.
 *
 * @param classes that are known; empty to take those that are found, by the alphabet
 */
record TableGraph(GraphTables tables, GraphColumns columns, List<String> classes) {
    Graph read() {
        Table table = tables.ofNodes(columns);
        List<String> features = tables.features(columns);
        var wanted = new ArrayList<>(List.of(Wanted.text(columns.id())));
        NumbersWritten found = written(table, features);
        features.forEach(
                name -> wanted.add(Wanted.number(name).written(found.found(name).written())));
        boolean isLabelled = GraphTables.has(table, columns.label());
        if (isLabelled) {
            wanted.add(Wanted.text(columns.label()).orNothing());
        }
        TableRows rows = table.read(wanted, new ArrayList<>());
        Tensor[] values = features.stream()
                .map(name -> Tensors.doubles(rows.numbers(name), rows.size(), 1).to(ScalarType.Float))
                .toArray(Tensor[]::new);
        List<String> labels = isLabelled ? rows.texts(columns.label()) : List.of();
        List<String> names = names(labels);
        Map<String, Long> ids = ids(rows);
        Edges edges = edges(ids);
        var nodes = new Nodes(
                torch.cat(new TensorVector(values), 1),
                numbered(labels, names, rows),
                names,
                rows.texts(columns.id()),
                null);
        return new Graph(nodes, edges.index(), edges.weights());
    }

    /** How numbers are written in the columns that do not hold plain ones. */
    private static NumbersWritten written(Table table, List<String> features) {
        var surveyed = new NumbersWritten(table, TableFormat.FIND_OUT);
        List<Wanted> texts = table.columns().stream()
                .filter(column -> features.contains(column.name()) && column.type() == Column.Type.TEXT)
                .map(column -> Wanted.text(column.name()).orNothing())
                .toList();
        if (!texts.isEmpty()) {
            TableRows rows = table.read(texts, new ArrayList<>());
            texts.forEach(column -> surveyed.add(column.name(), rows.texts(column.name())));
        }
        return surveyed;
    }

    private List<String> names(List<String> labels) {
        if (!classes.isEmpty()) {
            return classes;
        }
        var names = new TreeSet<>(labels);
        names.remove("");
        return List.copyOf(names);
    }

    private Tensor numbered(List<String> labels, List<String> names, TableRows rows) {
        Map<String, Long> numbers = new HashMap<>();
        names.forEach(name -> numbers.put(name, (long) numbers.size()));
        numbers.put("", Graph.UNLABELLED);
        long[] all = new long[rows.size()];
        for (int node = 0; node < all.length; node++) {
            String label = labels.isEmpty() ? "" : labels.get(node);
            Long number = numbers.get(label);
            if (number == null) {
                throw new DataException(tables.nodes() + ": " + rows.places().get(node) + ": the label \"" + label
                        + "\" is none of the known classes (" + String.join(", ", names) + ")");
            }
            all[node] = number;
        }
        return Tensors.longs(all);
    }

    private Map<String, Long> ids(TableRows rows) {
        List<String> texts = rows.texts(columns.id());
        Map<String, Long> ids = new HashMap<>();
        for (int node = 0; node < rows.size(); node++) {
            if (ids.put(texts.get(node), (long) node) != null) {
                throw new DataException(tables.nodes() + ": " + rows.places().get(node) + ": a second node has the id "
                        + texts.get(node) + "; give each one of its own");
            }
        }
        return ids;
    }

    private record Edges(Tensor index, @Nullable Tensor weights) {}

    private Edges edges(Map<String, Long> ids) {
        Table table = tables.ofEdges(columns);
        var wanted = new ArrayList<>(List.of(Wanted.text(columns.source()), Wanted.text(columns.target())));
        boolean isWeighted = GraphTables.has(table, columns.weight());
        if (isWeighted) {
            wanted.add(Wanted.number(columns.weight()));
        }
        TableRows rows = table.read(wanted, new ArrayList<>());
        long[] ends = new long[2 * rows.size()];
        fill(ends, 0, ids, rows, columns.source());
        fill(ends, rows.size(), ids, rows, columns.target());
        double[] weights = isWeighted ? rows.numbers(columns.weight()) : new double[0];
        for (int edge = 0; edge < weights.length; edge++) {
            if (!(weights[edge] >= 0)) {
                throw new DataException(tables.edges() + ": " + rows.places().get(edge) + ": " + columns.weight()
                        + " is " + weights[edge] + "; give each edge a number of at least 0");
            }
        }
        return new Edges(
                Tensors.longs(ends, 2, rows.size()),
                isWeighted ? Tensors.doubles(weights).to(ScalarType.Float) : null);
    }

    private void fill(long[] ends, int from, Map<String, Long> ids, TableRows rows, String column) {
        List<String> names = rows.texts(column);
        for (int edge = 0; edge < names.size(); edge++) {
            Long node = ids.get(names.get(edge));
            if (node == null) {
                throw new DataException(tables.edges() + ": " + rows.places().get(edge) + ": " + column + " is "
                        + names.get(edge) + ", and no node has that id");
            }
            ends[from + edge] = node;
        }
    }
}
