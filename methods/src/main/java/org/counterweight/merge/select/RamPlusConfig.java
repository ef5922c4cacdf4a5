package org.counterweight.merge.select;

import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.merge.method.Blockwise;
import org.counterweight.merge.method.MergeConfig;
import org.counterweight.merge.method.MergeSite;
import org.counterweight.merge.method.Takes;

/** Settings of {@link RamMerge} where a model whose changes are much shared has those of its own made larger. */
@Takes(base = Takes.Base.REQUIRED, differences = true)
public record RamPlusConfig(
        @Setting(value = "How much larger, for each part of overlap", defaultsTo = "0.1", range = "finite")
        double r,

        @Setting(value = "The overlap that counts at most", defaultsTo = "0.2", range = "at least 0")
        double alpha,

        @Setting(value = "Changes up to this size count for none", defaultsTo = "1e-5", range = "at least 0")
        double epsilon)
        implements MergeConfig {

    public RamPlusConfig {
        Checks.ranges(RamPlusConfig.class, "ramplus_tl", r, alpha, epsilon);
    }

    @Override
    public Blockwise merge(MergeSite site) {
        return Blockwise.of(site, () -> new RamMerge(site, epsilon, r, alpha));
    }
}
