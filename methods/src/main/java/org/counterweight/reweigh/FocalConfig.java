package org.counterweight.reweigh;

import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.train.weigh.Weigher;
import org.counterweight.train.weigh.WeigherConfig;

/** Settings of {@link Focal}. */
public record FocalConfig(
        @Setting(
                value = "How strongly rows that are nearly right are spared",
                defaultsTo = "2.0",
                range = "at least 0; 0 is uniform")
        double gamma)
        implements WeigherConfig {
    public FocalConfig {
        Checks.ranges(FocalConfig.class, "focal", gamma);
    }

    @Override
    public Weigher create() {
        return new Focal(gamma);
    }
}
