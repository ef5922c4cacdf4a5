package org.counterweight.data.graph;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.LabelledDataset;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.part.graph.GraphBatch;

/**
 * Nodes of a graph as rows, each with its class, among all of the graph, which is the context of every batch: see
 * {@link GraphBatch}. All of the graph is computed whatever the rows, so it is best to take them all at once.
 */
public final class NodeRows implements LabelledDataset {
    private final Graph graph;
    private final long[] nodes;
    private final int[] labels;

    private NodeRows(Graph graph, long... nodes) {
        this.graph = graph;
        this.nodes = nodes;
        this.labels = new int[nodes.length];
        long[] all = Tensors.toLongs(graph.nodes().labels());
        for (int row = 0; row < nodes.length; row++) {
            labels[row] = (int) all[(int) nodes[row]];
        }
    }

    /** These nodes, {@code int64 [n]}; those without a class have {@link Graph#UNLABELLED}. */
    public static NodeRows of(Graph graph, Tensor nodes) {
        return new NodeRows(graph, Tensors.toLongs(nodes));
    }

    /** Those of these nodes that have a class. */
    public static NodeRows labelled(Graph graph, Tensor nodes) {
        return of(graph, nodes.masked_select(graph.nodes().isLabelled().index_select(0, nodes)));
    }

    public Graph graph() {
        return graph;
    }

    /** What the nodes are called. */
    public List<String> ids() {
        return Arrays.stream(nodes)
                .mapToObj(node -> graph.nodes().id((int) node))
                .toList();
    }

    @Override
    public int size() {
        return nodes.length;
    }

    @Override
    public boolean isOneContext() {
        return true;
    }

    @Override
    public List<String> labelNames() {
        return graph.nodes().labelNames();
    }

    @Override
    public int label(int row) {
        return labels[row];
    }

    @Override
    public Batch batch(int... rows) {
        long[] numbers = new long[rows.length];
        long[] places = new long[rows.length];
        for (int i = 0; i < rows.length; i++) {
            numbers[i] = rows[i];
            places[i] = nodes[rows[i]];
        }
        Tensor at = Tensors.longs(places);
        Map<String, Tensor> own = new LinkedHashMap<>();
        own.put(GraphBatch.NODE, at);
        own.put(Batch.LABELS, graph.nodes().labels().index_select(0, at));
        own.put(Batch.ROW, Tensors.longs(numbers));
        Map<String, Tensor> context = new LinkedHashMap<>();
        context.put(GraphBatch.FEATURES, graph.nodes().features());
        context.put(GraphBatch.EDGE_INDEX, graph.edges());
        if (graph.weights() != null) {
            context.put(GraphBatch.EDGE_WEIGHT, graph.weights());
        }
        return new Batch(own, context);
    }
}
