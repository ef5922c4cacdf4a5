package org.counterweight.merge.soup;

import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.merge.method.Blockwise;
import org.counterweight.merge.method.MergeConfig;
import org.counterweight.merge.method.MergeSite;
import org.counterweight.merge.method.Takes;

/**
 * Between a pre-trained and a fine-tuned model: w = (1 − α) w_0 + α w_1; w_0 is the base.
 *
 * <p>M. Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022.
 */
@Takes(base = Takes.Base.REQUIRED, most = 1)
public record WiseFtConfig(
        @Setting(
                value = "Share of the fine-tuned model",
                defaultsTo = "0.5",
                range = "[0, 1]; the share of the tuned model")
        double alpha)
        implements MergeConfig {

    public WiseFtConfig {
        Checks.ranges(WiseFtConfig.class, "wise_ft", alpha);
    }

    @Override
    public Blockwise merge(MergeSite site) {
        return site.towards(alpha);
    }
}
