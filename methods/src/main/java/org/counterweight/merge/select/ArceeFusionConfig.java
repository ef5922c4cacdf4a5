package org.counterweight.merge.select;

import org.counterweight.merge.method.Blockwise;
import org.counterweight.merge.method.MergeConfig;
import org.counterweight.merge.method.MergeSite;
import org.counterweight.merge.method.Takes;

/** {@link FusionMerge}, which has no settings: the most important changes of one other model. */
@Takes(base = Takes.Base.REQUIRED, most = 1)
public record ArceeFusionConfig() implements MergeConfig {
    @Override
    public Blockwise merge(MergeSite site) {
        long[] shape = site.shape();
        long width = Math.max(1, shape.length == 0 ? 1 : shape[shape.length - 1]);
        return Blockwise.of(site, width, () -> new FusionMerge(site, Math.toIntExact(width)));
    }
}
