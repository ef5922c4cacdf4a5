package org.counterweight.graph.run;

import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.graph.structure.StructureRatio;
import org.jspecify.annotations.Nullable;

/** StruRW's: edges between the likeliest classes are counted. */
public record CountedPairs(
        @Setting(
                value = "The largest ratio, as a rare pair of classes may have; null for none",
                defaultsTo = "null",
                range = "above 0")
        @Nullable
        Double maxRatio)
        implements PairEstimate {
    public CountedPairs {
        Checks.ranges(CountedPairs.class, "reweigh_edges.estimate", maxRatio);
    }

    @Override
    public Found compare(DomainEdges edges, Tensor told, Tensor target, Supplier<Tensor> source) {
        StructureRatio ratio = edges.ratio(told);
        return new Found(
                maxRatio == null ? ratio.values() : ratio.values(maxRatio), ratio.source(), ratio.target(), null);
    }
}
