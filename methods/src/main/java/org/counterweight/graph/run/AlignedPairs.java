package org.counterweight.graph.run;

import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
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
        notNegative("ls_lambda", lsLambda);
        notNegative("label_lambda", labelLambda);
        notNegative("gamma_reg", gammaReg);
    }

    private static void notNegative(String field, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new ConfigException("reweigh_edges.estimate." + field, value, "a number of at least 0");
        }
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
