package org.counterweight.data.graph;

import java.util.Locale;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;

/**
 * What is to be known of a graph's edges, since networks count them as they stand.
 *
 * @param isolated nodes at which no edge ends but their own
 * @param loops edges from a node to itself
 * @param repeated edges of which there was one already
 * @param isSymmetric whether each stands in both directions
 */
public record GraphFacts(long nodes, long edges, long isolated, long loops, long repeated, boolean isSymmetric) {
    /** Those of a graph. */
    public static GraphFacts of(Graph graph) {
        try (var scope = Scope.open()) {
            Tensor edges = graph.edges();
            long count = edges.size(1);
            if (count == 0) {
                return new GraphFacts(graph.size(), 0, graph.size(), 0, 0, true);
            }
            Tensor isLoop = edges.select(0, 0).eq(edges.select(0, 1));
            Tensor others = edges.masked_select(isLoop.logical_not());
            Tensor ends = others.bincount(new TensorOptional(), graph.size());
            Tensor there = distinct(graph.codes(false));
            Tensor back = distinct(graph.codes(true));
            return new GraphFacts(
                    graph.size(),
                    count,
                    graph.size() - ends.count_nonzero().item_long(),
                    isLoop.count_nonzero().item_long(),
                    count - there.size(0),
                    there.size(0) == back.size(0) && there.equal(back));
        }
    }

    private static Tensor distinct(Tensor codes) {
        return new Tensor(torch.unique_consecutive(codes.sort().get0()).get0());
    }

    /** {@code 2,708 nodes (3 without edges), 10,556 edges, in both directions, 2 of them to the node itself}. */
    public String line() {
        return String.format(Locale.ROOT, "%,d nodes", nodes)
                + (isolated > 0 ? String.format(Locale.ROOT, " (%,d without edges)", isolated) : "")
                + String.format(Locale.ROOT, ", %,d edges", edges)
                + (edges == 0 ? "" : isSymmetric ? ", in both directions" : ", directed")
                + (loops > 0 ? String.format(Locale.ROOT, ", %,d from a node to itself", loops) : "")
                + (repeated > 0 ? String.format(Locale.ROOT, ", %,d of them repeated", repeated) : "");
    }
}
