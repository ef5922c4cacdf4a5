package org.counterweight.guide.learn;

import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.jspecify.annotations.Nullable;

/** How samples are drawn from a trained network, beside the schedule of guidance. */
public record DrawConfig(
        @Setting(
                value = "The sampler; null for flow where a flow was learnt, else ddim",
                defaultsTo = "null",
                oneOf = {"ddim", "ddpm", "dpm", "edm", "flow"})
        @Nullable
        SamplerName sampler,

        @Setting(
                value = "How predictions with and without the class become one",
                defaultsTo = "\"plain\"",
                oneOf = {"plain", "zero_star", "mambo_g", "tangential"})
        RuleName rule,

        @Setting(
                value = "How much of the conditional prediction's deviation a guided one gets back",
                defaultsTo = "0.0",
                range = "[0, 1]")
        double rescale,

        @Setting(value = "Steps of the sampler", defaultsTo = "50", range = "1 to 1000")
        int steps) {
    private static final int MOST_STEPS = 1000;

    public DrawConfig {
        if (!(rescale >= 0 && rescale <= 1)) {
            throw new ConfigException("draw.rescale", rescale, "a share from 0 to 1 (0.7 is usual)");
        }
        if (steps < 1 || steps > MOST_STEPS) {
            throw new ConfigException("draw.steps", steps, "an integer from 1 to 1000 (25 to 50 is usual)");
        }
    }

    /** The sampler for a network that tells that. */
    public SamplerName sampler(Told told) {
        return sampler == null ? SamplerName.usual(told) : sampler;
    }
}
