package org.counterweight.model.part.graph;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Batch;
import org.jspecify.annotations.Nullable;

/**
 * Nodes of a graph as the rows of a {@link Batch}: {@code node}, the place of each among the nodes of the graph that is the
 * batch's context. The names are PyTorch Geometric's.
 */
public final class GraphBatch {
    /** {@code int64 [rows]}. */
    public static final String NODE = "node";

    /** In the context: {@code float32 [nodes, width]}. */
    public static final String FEATURES = "x";

    /** In the context: {@code int64 [2, edges]}, from senders to receivers. */
    public static final String EDGE_INDEX = "edge_index";

    /** In the context: how much each edge counts, {@code [edges]}; absent where all count the same. */
    public static final String EDGE_WEIGHT = "edge_weight";

    /** In the context of a sampled part of a graph: the place of each edge among all, {@code int64 [edges]}. */
    public static final String EDGE = "edge";

    private GraphBatch() {}

    /** What goes along the edges. */
    public static Messages messages(Batch batch) {
        Tensor x = batch.get(FEATURES);
        Tensor edges = batch.get(EDGE_INDEX);
        Tensor weights = batch.find(EDGE_WEIGHT);
        return weights == null
                ? Messages.plain(edges, x.size(0), x)
                : new Messages(edges, weights.to(x.scalar_type()), x.size(0));
    }

    /** Whether the context is a part of the graph, so that only the rows see all that they are to see. */
    public static boolean isSampled(Batch batch) {
        return batch.find(EDGE) != null;
    }

    /** The batch with other weights of the edges, in the order of the whole graph. */
    public static Batch weighted(Batch batch, Tensor weights) {
        @Nullable Tensor places = batch.find(EDGE);
        return batch.withContext(EDGE_WEIGHT, places == null ? weights : weights.index_select(0, places));
    }
}
