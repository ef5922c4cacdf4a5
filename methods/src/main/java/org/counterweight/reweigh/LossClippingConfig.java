package org.counterweight.reweigh;

import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.train.weigh.Weigher;
import org.counterweight.train.weigh.WeigherConfig;

/** Settings of {@link LossClipping}. */
public record LossClippingConfig(
        @Setting(value = "Loss above which a row is ignored", range = "above 0; in the loss's unit", example = "2.0")
        double limit)
        implements WeigherConfig {
    public LossClippingConfig {
        Checks.ranges(LossClippingConfig.class, "loss_clipping", limit);
    }

    @Override
    public Weigher create() {
        return new LossClipping(limit);
    }
}
