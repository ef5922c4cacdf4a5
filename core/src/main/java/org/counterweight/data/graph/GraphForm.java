package org.counterweight.data.graph;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a model sees graphs, which lies beside it: what is where in tables, of how many numbers a node is, and whether edges were
 * made to go both ways.
 *
 * @param columns with the features by name, if they have names
 * @param width of a node's features
 */
public record GraphForm(GraphColumns columns, int width, Symmetry symmetrize) {
    /** The name of the file. */
    public static final String FILE = "graph_config.json";

    /** The form that lies beside a model; null if none does. */
    public static @Nullable GraphForm beside(Path model) {
        Path file = model.resolve(FILE);
        try {
            return Files.exists(file) ? Configs.bind(Configs.read(file), GraphForm.class, file.toString()) : null;
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** As it is written. */
    public ObjectNode json() {
        return Configs.tree(this);
    }

    /**
     * Reads a graph as the model sees it; its tensors belong to the open scope.
     *
     * @param classes that the model tells
     * @throws DataException if it is not whole, or its nodes have not as many features
     */
    public Graph read(Path path, List<String> classes) {
        Graph graph = GraphFiles.read(path, columns, classes);
        if (graph.width() != width) {
            throw new DataException(path + ": a node has " + graph.width() + " features, and " + width
                    + " are seen by the model; give the same");
        }
        return made(path, graph, symmetrize);
    }

    /** A graph with edges both ways, if they are to be. */
    public static Graph made(Path path, Graph graph, Symmetry symmetry) {
        try {
            return graph.made(symmetry);
        } catch (IllegalArgumentException e) {
            throw new DataException(path + ": " + e.getMessage(), e);
        }
    }

    /** The features of a directory's tables by name; empty of a graph in tensors. */
    public static List<String> featuresOf(Path path, GraphColumns columns) {
        return Files.isDirectory(path) ? GraphTables.in(path).features(columns) : List.of();
    }
}
