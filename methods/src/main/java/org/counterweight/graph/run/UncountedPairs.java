package org.counterweight.graph.run;

import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/** No edge is weighed: what stands beside it alone. */
public record UncountedPairs() implements PairEstimate {
    @Override
    public Found compare(DomainEdges edges, Tensor told, Tensor target, Supplier<Tensor> source) {
        throw new IllegalStateException("nothing is compared");
    }

    @Override
    public boolean weighs() {
        return false;
    }
}
