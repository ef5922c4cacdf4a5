package org.counterweight.data.graph;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.part.graph.GraphBatch;

/**
 * Batches of nodes among some of their neighbours, for graphs that do not fit a step: of each node at most this many of the edges
 * into it, drawn without replacement, hop by hop. W. Hamilton, R. Ying and J. Leskovec, "Inductive Representation Learning on
 * Large Graphs", NeurIPS 2017, section 3.2. The mean over a sample estimates the mean over all.
 *
 * <p>What is held for a graph is two numbers an edge and one a node.
 */
public final class NeighbourSampling {
    private final Tensor order; // edges, those into one node together
    private final Tensor begins; // where those of each node begin, [nodes + 1]
    private final List<Integer> most;

    private NeighbourSampling(Tensor order, Tensor begins, List<Integer> most) {
        this.order = order;
        this.begins = begins;
        this.most = most;
    }

    /**
     * For a graph; what is held belongs to the open scope.
     *
     * @param most how many edges into each node, hop by hop, outermost layer first; each at least 1
     */
    public static NeighbourSampling of(Graph graph, List<Integer> most) {
        if (most.isEmpty() || most.stream().anyMatch(count -> count < 1)) {
            throw new IllegalArgumentException("neighbours: " + most + "; give at least 1 for each convolution");
        }
        try (var scope = Scope.open()) {
            Tensor receivers = graph.edges().select(0, 1);
            Tensor ends = receivers.bincount(new TensorOptional(), graph.size()).cumsum(0);
            Tensor begins = torch.cat(new TensorVector(Tensors.longs(new long[1]), ends), 0);
            return new NeighbourSampling(
                    scope.keep(receivers.argsort(true, 0, false)), scope.keep(begins), List.copyOf(most));
        }
    }

    /** The same batches of nodes of that graph, each among neighbours that are drawn anew. */
    public BatchSource over(BatchSource batches, Seed seed) {
        return BatchSource.of(batches.batches(), epoch -> {
            var planned = batches.epoch(epoch);
            return place -> sampled(planned.apply(place), seed.child(epoch).child(place));
        });
    }

    /** That batch among sampled neighbours; what it makes belongs to the open scope. */
    public Batch sampled(Batch batch, Seed seed) {
        try (var scope = Scope.open()) {
            Tensor seeds = batch.get(GraphBatch.NODE);
            Tensor edgeIndex = batch.get(GraphBatch.EDGE_INDEX);
            Tensor senders = edgeIndex.select(0, 0);
            Tensor frontier = distinct(seeds);
            Tensor seen = frontier;
            var edges = new ArrayList<Tensor>();
            for (int hop = 0; hop < most.size(); hop++) {
                Tensor into = into(frontier, most.get(hop), seed.child(hop));
                edges.add(into);
                Tensor all = distinct(torch.cat(new TensorVector(seen, senders.index_select(0, into)), 0));
                frontier = all.masked_select(torch.isin(all, seen).logical_not()); // the others have theirs already
                seen = all;
            }
            Tensor chosen = torch.cat(new TensorVector(edges.toArray(Tensor[]::new)), 0);
            Map<String, Tensor> context = new LinkedHashMap<>();
            context.put(
                    GraphBatch.FEATURES,
                    scope.keep(batch.get(GraphBatch.FEATURES).index_select(0, seen)));
            context.put(GraphBatch.EDGE_INDEX, scope.keep(torch.searchsorted(seen, edgeIndex.index_select(1, chosen))));
            context.put(GraphBatch.EDGE, scope.keep(chosen));
            Tensor weights = batch.find(GraphBatch.EDGE_WEIGHT);
            if (weights != null) {
                context.put(GraphBatch.EDGE_WEIGHT, scope.keep(weights.index_select(0, chosen)));
            }
            var rows = new LinkedHashMap<>(batch.tensors());
            rows.put(GraphBatch.NODE, scope.keep(torch.searchsorted(seen, seeds)));
            return new Batch(rows, context);
        }
    }

    private static Tensor distinct(Tensor numbers) {
        return new Tensor(torch.unique_consecutive(numbers.sort().get0()).get0());
    }

    /** At most this many edges into each of these nodes. */
    private Tensor into(Tensor nodes, long many, Seed seed) {
        Tensor begin = begins.index_select(0, nodes);
        Tensor counts = begins.index_select(0, nodes.add(new Scalar(1L))).sub(begin);
        Tensor owner = torch.repeat_interleave(counts); // of each edge, which node of these
        Tensor first = counts.cumsum(0).sub(counts); // where each node's edges begin among these
        Tensor rank =
                torch.arange(new Scalar(owner.size(0)), Tensors.options(owner)).sub(first.index_select(0, owner));
        Tensor places = order.index_select(0, begin.index_select(0, owner).add(rank));
        if (owner.size(0) == 0 || counts.max().item_long() <= many) {
            return places;
        }
        Tensor draws = torch.zeros(new long[] {owner.size(0)}, Tensors.options(ScalarType.Double))
                .uniform_(0, 1, Tensors.optional(seed.generator()));
        Tensor shuffled = draws.add(owner.to(ScalarType.Double)).argsort(); // within each node; rank counts there too
        return places.index_select(0, shuffled).masked_select(rank.lt(new Scalar(many)));
    }
}
