package org.counterweight.data.graph;

import java.nio.file.Files;
import java.nio.file.Path;
import org.counterweight.data.DataException;

/** Graphs on disk: a safetensors file, or a directory with tables of nodes and edges. */
public final class GraphFiles {
    private GraphFiles() {}

    /**
     * Reads a graph; its tensors belong to the open scope.
     *
     * <p>A {@code .safetensors} file has {@code edge_index}, and by the names of PyTorch Geometric {@code x}, {@code y} and
     * perhaps {@code edge_weight}; see {@link TensorGraph} for features that are stored sparsely. A directory has
     * {@code edges.csv}, with the columns {@code source}, {@code target} and perhaps {@code weight}, and {@code nodes.csv}, with
     * {@code id}, perhaps {@code label}, and a column of numbers for each feature; see {@link TableGraph}.
     *
     * @throws DataException if there is no graph, or it is not whole; the message has the file and the place
     */
    public static Graph read(Path path) {
        if (Files.isDirectory(path)) {
            return new TableGraph(path).read();
        }
        if (!Files.isRegularFile(path)) {
            throw new DataException(path + ": there is no such file or directory");
        }
        if (!path.toString().endsWith(".safetensors")) {
            throw new DataException(
                    path + ": is no graph; give a .safetensors file, or a directory with edges.csv and nodes.csv");
        }
        return new TensorGraph(path).read();
    }
}
