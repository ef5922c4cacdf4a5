package org.counterweight.studies.graph;

import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.data.graph.Graph;
import org.counterweight.data.graph.Nodes;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;

/**
 * A graph whose nodes are divided into two halves, each with the edges among its own: two domains of one kind of data, whose
 * classes are linked otherwise.
 *
 * @param upper the half with the larger figures
 */
record DividedGraph(Graph upper, Graph lower) {
    /**
     * Divides the nodes that have a class at the median of a figure; which of equal ones fall into which half is drawn.
     *
     * @param figure of each node, {@code [nodes]}
     */
    static DividedGraph of(Graph all, Tensor figure, Seed seed) {
        Tensor labelled = all.nodes().isLabelled().nonzero().flatten();
        Tensor ties = torch.zeros_like(figure).uniform_(0, 1e-6, Tensors.optional(seed.generator()));
        Tensor order = labelled.index_select(
                0, figure.add(ties).index_select(0, labelled).argsort());
        long half = order.numel() / 2;
        return new DividedGraph(
                among(all, Tensors.slice(order, 0, half, order.numel())), among(all, Tensors.slice(order, 0, 0, half)));
    }

    /** The share of each node's neighbours that are of its class, {@code float64 [nodes]}; 1 where there is none. */
    static Tensor agreement(Graph graph) {
        Tensor labels = graph.nodes().labels();
        Tensor from = graph.edges().select(0, 0);
        Tensor to = graph.edges().select(0, 1);
        Tensor same =
                labels.index_select(0, from).eq(labels.index_select(0, to)).to(ScalarType.Double);
        Tensor count = degree(graph);
        Tensor alone = count.eq(new Scalar(0L)).to(ScalarType.Double);
        return alone.index_add(0, to, same).div(count.add(alone));
    }

    /** How many edges come in, {@code float64 [nodes]}. */
    static Tensor degree(Graph graph) {
        Tensor to = graph.edges().select(0, 1);
        return torch.zeros(new long[] {graph.size()}, Tensors.options(ScalarType.Double))
                .index_add(0, to, torch.ones_like(to).to(ScalarType.Double));
    }

    /** The nodes with most edges, in their order, and the edges among them. */
    static Graph bestConnected(Graph all, long nodes) {
        Tensor order = degree(all).argsort(true, 0, true);
        return among(
                all,
                Tensors.slice(order, 0, 0, Math.min(nodes, all.size())).sort().get0());
    }

    private static Graph among(Graph all, Tensor chosen) {
        Tensor place = torch.full(new long[] {all.size()}, new Scalar(-1L), Tensors.options(ScalarType.Long))
                .index_copy(0, chosen, torch.arange(new Scalar(chosen.numel()), Tensors.options(ScalarType.Long)));
        Tensor ends = place.index_select(0, all.edges().flatten()).view(2, -1);
        Tensor kept = ends.select(0, 0)
                .ge(new Scalar(0L))
                .logical_and(ends.select(0, 1).ge(new Scalar(0L)))
                .nonzero()
                .flatten();
        Nodes nodes = all.nodes();
        return new Graph(
                new Nodes(
                        nodes.features().index_select(0, chosen),
                        nodes.labels().index_select(0, chosen),
                        nodes.labelNames(),
                        List.of(),
                        null),
                ends.index_select(1, kept),
                null);
    }
}
