package org.counterweight.data.graph;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.counterweight.data.DataException;
import org.counterweight.engine.Scope;

/** Graphs on disk: a safetensors file, or a directory with tables of nodes and edges. */
public final class GraphFiles {
    private GraphFiles() {}

    /** Reads a graph whose tables have the usual columns. */
    public static Graph read(Path path) {
        return read(path, GraphColumns.USUAL, List.of());
    }

    /**
     * Reads a graph; its tensors belong to the open scope.
     *
     * <p>A {@code .safetensors} file has {@code edge_index}, and by the names of PyTorch Geometric {@code x}, {@code y},
     * {@code edge_weight}, {@code source_mask}, {@code target_mask}; see {@link TensorGraph}. A directory has tables
     * {@code nodes} and {@code edges} (CSV, JSON, Parquet); see {@link TableGraph}.
     *
     * @param columns what is where in tables
     * @param classes the classes that are known; empty to take those that are found
     * @throws DataException if there is no graph, or it is not whole; the message has the file and the place
     */
    public static Graph read(Path path, GraphColumns columns, List<String> classes) {
        if (Files.isDirectory(path)) {
            GraphTables tables = GraphTables.in(path);
            return checked(path, () -> new TableGraph(tables, columns, classes).read());
        }
        checkFile(path);
        return checked(path, () -> new TensorGraph(path, classes).read());
    }

    /** Refuses what is no graph by its names and headers, without reading it. */
    public static void check(Path path, GraphColumns columns) {
        if (Files.isDirectory(path)) {
            GraphTables.in(path).check(columns);
        } else {
            checkFile(path);
            TensorGraph.check(path);
        }
    }

    private static void checkFile(Path path) {
        if (!Files.isRegularFile(path)) {
            throw new DataException(path + ": there is no such file or directory");
        }
        if (!path.toString().endsWith(".safetensors")) {
            throw new DataException(path
                    + ": is no graph; give a .safetensors file, or a directory with tables of nodes and edges: nodes.csv"
                    + " and edges.csv");
        }
    }

    private static Graph checked(Path path, Supplier<Graph> read) {
        try (var scope = Scope.open()) {
            Graph graph = read.get();
            NodeFeatures.check(graph.nodes().features());
            return graph.keptBy(scope);
        } catch (IllegalArgumentException e) {
            throw new DataException(path + ": " + e.getMessage(), e);
        }
    }
}
