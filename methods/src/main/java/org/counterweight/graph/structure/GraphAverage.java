package org.counterweight.graph.structure;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** How the ratios of a list of graphs come about, as with one graph for each event of a detector. */
public enum GraphAverage {
    /** The k-th graph of the source against the k-th of the target, so that each has a ratio of its own. */
    PER_PAIR,
    /** The mean of the graphs' probabilities, and one ratio for all; without an entry where a class is empty in any. */
    MEAN,
    /** All edges over all pairs of nodes, and one ratio for all: of lower variance than the mean. */
    POOLED;

    /**
     * The ratio for each graph of the source, in order.
     *
     * @throws IllegalArgumentException if there is no graph, or pairs are wanted and their numbers differ
     */
    public List<StructureRatio> ratios(List<LabelledGraph> sources, List<LabelledGraph> targets) {
        if (sources.isEmpty() || targets.isEmpty()) {
            throw new IllegalArgumentException(
                    "there are " + sources.size() + " source graphs and " + targets.size() + " target graphs");
        }
        if (this == PER_PAIR) {
            return pairs(sources, targets);
        }
        var one = new StructureRatio(probabilities(sources), probabilities(targets));
        return Collections.nCopies(sources.size(), one);
    }

    private static List<StructureRatio> pairs(List<LabelledGraph> sources, List<LabelledGraph> targets) {
        if (sources.size() != targets.size()) {
            throw new IllegalArgumentException(sources.size() + " source graphs cannot be paired with " + targets.size()
                    + " target graphs; give as many, or take their mean");
        }
        var ratios = new ArrayList<StructureRatio>();
        for (int k = 0; k < sources.size(); k++) {
            ratios.add(StructureRatio.of(sources.get(k), targets.get(k)));
        }
        return List.copyOf(ratios);
    }

    private Tensor probabilities(List<LabelledGraph> graphs) {
        List<PairCounts> counts = graphs.stream().map(LabelledGraph::counts).toList();
        if (this == POOLED) {
            return PairCounts.pooled(counts).probabilities();
        }
        var each =
                new TensorVector(counts.stream().map(PairCounts::probabilities).toArray(Tensor[]::new));
        return torch.stack(each, 0).mean(0);
    }
}
