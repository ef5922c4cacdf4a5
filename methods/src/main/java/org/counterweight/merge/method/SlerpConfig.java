package org.counterweight.merge.method;

import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.merge.block.RoundedSlerp;
import org.counterweight.merge.block.SlerpMerge;

/** Settings of {@link SlerpMerge}: along the arc from the base to the one other model. */
@Takes(base = Takes.Base.REQUIRED, most = 1)
public record SlerpConfig(
        @Setting(
                value = "How far from the base towards the other model",
                example = "0.5",
                range = "0 the base, 1 the other")
        double t)
        implements MergeConfig {

    public SlerpConfig {
        Checks.finite("slerp.t", t);
    }

    @Override
    public Blockwise merge(MergeSite site) {
        return Blockwise.of(
                site,
                () -> site.rounding() == null ? new SlerpMerge(t, site.base()) : new RoundedSlerp(t, site.base()));
    }
}
