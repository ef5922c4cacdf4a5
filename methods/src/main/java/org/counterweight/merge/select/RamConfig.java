package org.counterweight.merge.select;

import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.merge.method.Blockwise;
import org.counterweight.merge.method.MergeConfig;
import org.counterweight.merge.method.MergeSite;
import org.counterweight.merge.method.Takes;

/** Settings of {@link RamMerge}: what one model alone changed stands, what several changed is averaged over these. */
@Takes(base = Takes.Base.REQUIRED, differences = true)
public record RamConfig(
        @Setting(value = "Changes up to this size count for none", defaultsTo = "1e-5", range = "at least 0")
        double epsilon)
        implements MergeConfig {

    public RamConfig {
        Checks.ranges(RamConfig.class, "ram", epsilon);
    }

    @Override
    public Blockwise merge(MergeSite site) {
        return Blockwise.of(site, () -> new RamMerge(site, epsilon, 0, 0));
    }
}
