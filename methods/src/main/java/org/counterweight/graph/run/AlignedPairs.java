package org.counterweight.graph.run;

import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.graph.align.PairAlign;
import org.counterweight.graph.structure.LabelledGraph;
import org.counterweight.graph.structure.StructureRatio;

/**
 * Pair-Align's: probabilities with their doubt, compared by least squares with what the model makes of the source, {@link PairAlign};
 * classes are weighed in the loss in the same way.
 */
public record AlignedPairs(
        @Setting(value = "How strongly weights of pairs are held to 1", defaultsTo = "25.0", range = "at least 0")
        double lsLambda,

        @Setting(value = "How strongly weights of classes are held to 1", defaultsTo = "0.01", range = "at least 0")
        double labelLambda,

        @Setting(value = "Added to the share of each pair", defaultsTo = "1e-4", range = "at least 0")
        double gammaReg,

        @Setting(value = "Whether classes are weighed in the loss too", defaultsTo = "true")
        boolean weighClasses)
        implements PairEstimate {
    public AlignedPairs {
        Checks.ranges(AlignedPairs.class, "reweigh_edges.estimate", lsLambda, labelLambda, gammaReg);
    }

    @Override
    public Found compare(DomainEdges edges, Tensor told, Tensor target, Supplier<Tensor> source) {
        Tensor seen = source.get();
        var pairs = new PairAlign(lsLambda, gammaReg);
        PairAlign.Evidence evidence = PairAlign.ofPairs(
                edges.knownSource(), edges.ofSourceNodes(seen), edges.targetEdges(), edges.ofTargetNodes(target));
        Tensor ratio = pairs.gamma(pairs.weights(evidence), evidence.source());
        StructureRatio hard = edges.ratio(told);
        if (!weighClasses) {
            return new Found(ratio, hard.source(), hard.target(), null);
        }
        LabelledGraph nodes = edges.knownNodes();
        Tensor weights = new PairAlign(labelLambda, gammaReg)
                .weights(PairAlign.ofClasses(nodes, edges.ofKnownNodes(seen), target));
        return new Found(ratio, hard.source(), hard.target(), weights);
    }
}
