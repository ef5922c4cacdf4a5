package org.counterweight.merge.method;

import java.util.Collection;
import org.counterweight.merge.CombinerConfig;
import org.counterweight.merge.LayerName;
import org.counterweight.weights.Combiner;

/**
 * The settings of a merge that looks at one tensor at a time. The record says by {@link Takes} which models it wants; its
 * components are the parameters that mergekit's grammar gives it, a list of numbers where each model has one of its own (one
 * number there stands for all). With an entry in the catalogue it is a {@code merge_method} of a file too.
 */
public interface MergeConfig extends CombinerConfig {
    /**
     * How a tensor is merged.
     *
     * @throws org.counterweight.config.ConfigException if the settings do not fit it; nothing has been read by then
     */
    Blockwise merge(MergeSite site);

    /** For models in memory; chance decides as in a merge of files whose seed is 0. */
    @Override
    default Combiner combiner(Collection<String> names) {
        return new BlockCombiner(this, LayerName.count(names), 0);
    }
}
