package org.counterweight.reweigh;

import org.counterweight.config.ConfigException;
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
        if (!(gamma >= 0) || Double.isInfinite(gamma)) {
            throw new ConfigException("focal.gamma", gamma, "a number of at least 0 (2 is usual)");
        }
    }

    @Override
    public Weigher create() {
        return new Focal(gamma);
    }
}
