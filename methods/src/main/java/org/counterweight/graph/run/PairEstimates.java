package org.counterweight.graph.run;

import java.util.LinkedHashMap;
import java.util.Map;
import org.counterweight.config.Kinds;

/** The estimates by name. */
public final class PairEstimates implements Kinds<PairEstimate> {
    @Override
    public Class<PairEstimate> family() {
        return PairEstimate.class;
    }

    @Override
    public Map<String, Class<? extends PairEstimate>> kinds() {
        var kinds = new LinkedHashMap<String, Class<? extends PairEstimate>>();
        kinds.put("counted", CountedPairs.class);
        kinds.put("pair_align", AlignedPairs.class);
        kinds.put("none", UncountedPairs.class);
        return kinds;
    }
}
