package org.counterweight.data.graph;

import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.jspecify.annotations.Nullable;

/**
 * A graph with features at its nodes. Its tensors belong to the scope in which it was read.
 *
 * @param features {@code float32 [nodes, width]}
 * @param labels {@code int64 [nodes]}, {@link #UNLABELLED} for a node without a class
 * @param labelNames the classes' names
 * @param edges {@code int64 [2, edges]}: each goes from the node in the first row to that in the second; what is undirected
 *     stands in both directions
 * @param weights {@code float32 [edges]}, or null if they all count the same
 */
public record Graph(
        Tensor features,
        Tensor labels,
        List<String> labelNames,
        Tensor edges,
        @Nullable Tensor weights) {
    /** The class of a node that has none: losses and metrics pass over it. */
    public static final long UNLABELLED = -100;

    /** The edges' name in the context of a batch. */
    public static final String EDGE_INDEX = "edge_index";

    /** The name of their weights. */
    public static final String EDGE_WEIGHT = "edge_weight";

    /** @throws IllegalArgumentException if the parts have not as many nodes or edges as each other */
    public Graph {
        labelNames = List.copyOf(labelNames);
        if (labels.size(0) != features.size(0)) {
            throw new IllegalArgumentException(features.size(0) + " nodes, but " + labels.size(0) + " labels");
        }
        if (edges.dim() != 2 || edges.size(0) != 2 || (weights != null && weights.size(0) != edges.size(1))) {
            throw new IllegalArgumentException("edges are [2, edges] with a weight each");
        }
    }

    /** How many nodes. */
    public int size() {
        return Math.toIntExact(features.size(0));
    }

    /**
     * All nodes, each a row with {@code inputs}, {@code labels} and its number, among all edges, which are the context:
     * {@code edge_index} and, if they have them, {@code edge_weight}.
     */
    public Batch batch() {
        Tensor rows = Tensors.longs(LongStream.range(0, size()).toArray());
        Batch batch = new Batch(Map.of(Batch.INPUTS, features, Batch.LABELS, labels, Batch.ROW, rows))
                .withContext(EDGE_INDEX, edges);
        return weights == null ? batch : batch.withContext(EDGE_WEIGHT, weights);
    }
}
