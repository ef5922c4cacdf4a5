package org.counterweight.merge.select;

import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.merge.method.Blockwise;
import org.counterweight.merge.method.MergeConfig;
import org.counterweight.merge.method.MergeSite;
import org.counterweight.merge.method.Takes;

/** Settings of {@link SceMerge}: select, calculate, erase. */
@Takes(base = Takes.Base.REQUIRED, differences = true)
public record SceConfig(
        @Setting(
                value = "The share of elements that count, of those in which the models differ from one another",
                defaultsTo = "1.0",
                range = "[0, 1]; the share of elements that count",
                example = "0.5")
        double selectTopk)
        implements MergeConfig {

    public SceConfig {
        Checks.ranges(SceConfig.class, "sce", selectTopk);
    }

    @Override
    public Blockwise merge(MergeSite site) {
        return Blockwise.of(site, () -> new SceMerge(site, selectTopk));
    }
}
