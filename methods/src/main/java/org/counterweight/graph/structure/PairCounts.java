package org.counterweight.graph.structure;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Edges between classes; rows are the receiver's class, columns the sender's.
 *
 * @param edges K, how many there are, {@code float64 [C, C]}
 * @param possible how many pairs of nodes there are, {@code float64 [C, C]}
 */
public record PairCounts(Tensor edges, Tensor possible) {
    /** B = K / possible, the probability of an edge; NaN where there is no pair of nodes. */
    public Tensor probabilities() {
        return edges.div(possible);
    }

    /** Those of several graphs together, each pair of nodes within its own. */
    public static PairCounts pooled(List<PairCounts> graphs) {
        return graphs.stream()
                .reduce((a, b) -> new PairCounts(a.edges.add(b.edges), a.possible.add(b.possible)))
                .orElseThrow(() -> new IllegalArgumentException("there is no graph to count"));
    }
}
