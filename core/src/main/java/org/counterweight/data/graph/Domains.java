package org.counterweight.data.graph;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Seed;
import org.counterweight.model.Batch;
import org.jspecify.annotations.Nullable;

/**
 * Where labels are learnt, and where the model is to be used: two graphs, or two sets of nodes of one.
 *
 * @param source with the nodes whose labels are learnt, {@code int64 [n]}
 * @param target with the nodes that are to be told, {@code int64 [m]}
 * @param choosesBySource whether the best weights are told by nodes of the source; else by labelled ones of the target
 * @param chosen nodes of the target by which they are told, {@code int64 [k]}: the only ones whose labels a run looks at; empty
 *     if it chooses by the source
 */
public record Domains(Side source, Side target, boolean choosesBySource, Tensor chosen) {
    /**
     * One of them.
     *
     * @param sampling how neighbours are drawn in training; null where all of the graph is seen in each step
     */
    public record Side(Graph graph, Tensor nodes, @Nullable NeighbourSampling sampling) {
        /** All its nodes, among all of the graph. */
        public Batch all() {
            NodeRows rows = NodeRows.of(graph, nodes);
            return rows.batch(IntStream.range(0, rows.size()).toArray());
        }

        /**
         * What a step of training sees of it: all, or so many nodes drawn at random among sampled neighbours. Its tensors
         * belong to the open scope.
         *
         * @param seed the step's
         */
        public Batch step(long rows, Seed seed) {
            if (sampling == null) {
                return all();
            }
            NodeRows all = NodeRows.of(graph, nodes);
            int[] drawn =
                    Arrays.stream(seed.permutation(all.size())).limit(rows).toArray();
            return sampling.sampled(all.batch(drawn), seed.child("neighbours"));
        }
    }

    /** Whether both are in one graph. */
    public boolean isOneGraph() {
        return source.graph() == target.graph();
    }

    /** How many classes there are. */
    public int classes() {
        return source.graph().nodes().labelNames().size();
    }
}
