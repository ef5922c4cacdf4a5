package org.counterweight.merge.sphere;

import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.merge.method.Blockwise;
import org.counterweight.merge.method.MergeConfig;
import org.counterweight.merge.method.MergeSite;
import org.counterweight.merge.method.Takes;

/** Settings of {@link SlerpMerge}: along the arc from the base to the one other model. */
@Takes(base = Takes.Base.REQUIRED, most = 1)
public record SlerpConfig(
        @Setting(
                value = "How far from the base towards the other model",
                example = "0.5",
                range = "finite; 0 the base, 1 the other")
        double t)
        implements MergeConfig {

    public SlerpConfig {
        Checks.ranges(SlerpConfig.class, "slerp", t);
    }

    @Override
    public Blockwise merge(MergeSite site) {
        return Blockwise.of(
                site,
                () -> site.rounding() == null ? new SlerpMerge(t, site.base()) : new RoundedSlerp(t, site.base()));
    }
}
