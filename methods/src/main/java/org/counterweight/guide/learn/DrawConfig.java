package org.counterweight.guide.learn;

import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.counterweight.guide.Convention;
import org.counterweight.guide.GuidanceConfig;
import org.counterweight.guide.GuidancePlan;
import org.counterweight.guide.rule.Guider;
import org.counterweight.guide.sample.EdmHeun.Corrector;
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
                oneOf = {"plain", "cfg_pp", "apg", "zero_star", "mambo_g", "tangential"})
        RuleName rule,

        @Setting(
                value = "How much of the conditional prediction's deviation a guided one gets back",
                defaultsTo = "0.0",
                range = "[0, 1]; 0.7 is usual")
        double rescale,

        @Setting(value = "Steps of the sampler", defaultsTo = "50", range = "1 to 1000; 25 to 50 is usual")
        int steps,

        @Setting(
                value = "edm: whose weight the second stage of a step has, that of the step or of its own time",
                defaultsTo = "\"step\"",
                oneOf = {"step", "own_time"})
        Corrector corrector,

        @Setting(
                value = "apg: the share of the part along the prediction; 1 is ordinary guidance; null for 0",
                defaultsTo = "null",
                range = "finite")
        @Nullable
        Double eta,

        @Setting(
                value = "apg: of the running sum of differences, below 0 to push away from it; null for -0.5",
                defaultsTo = "null",
                range = "finite")
        @Nullable
        Double momentum,

        @Setting(
                value = "apg: the greatest norm of a row's difference, 0 for none; null for none",
                defaultsTo = "null",
                range = "at least 0; the larger the images the larger, 15 for latents of SDXL")
        @Nullable
        Double norm,

        @Setting(
                value = "mambo_g: how fast guidance gives way where it would move a row far; null for 8",
                defaultsTo = "null",
                range = "finite")
        @Nullable
        Double alpha,

        @Setting(
                value = "zero_star: steps at the start that predict nothing at all; null for 0",
                defaultsTo = "null",
                range = "0 to 1000")
        @Nullable
        Integer zeroSteps) {

    public DrawConfig {
        Checks.ranges(DrawConfig.class, "draw", rescale, steps, eta, momentum, norm, alpha, zeroSteps);
        eta = of(RuleName.APG, rule, "eta", eta, 0.0);
        momentum = of(RuleName.APG, rule, "momentum", momentum, -0.5);
        norm = of(RuleName.APG, rule, "norm", norm, 0.0);
        alpha = of(RuleName.MAMBO_G, rule, "alpha", alpha, 8.0);
        zeroSteps = of(RuleName.ZERO_STAR, rule, "zero_steps", zeroSteps, 0);
        if (rule == RuleName.CFG_PP && rescale > 0) {
            throw new ConfigException("draw.rescale: " + rescale
                    + " is not for rule: cfg_pp, whose clean rows keep their deviation; leave it at 0");
        }
    }

    /** Every default but for the number of steps. */
    public static DrawConfig of(int steps) {
        return new DrawConfig(null, RuleName.PLAIN, 0, steps, Corrector.STEP, null, null, null, null, null);
    }

    /** A setting of one rule: what is usual where nothing is said, null with another. */
    private static <T> @Nullable T of(RuleName owner, RuleName rule, String field, @Nullable T value, T usual) {
        if (rule == owner) {
            return value == null ? usual : value;
        }
        if (value != null) {
            throw new ConfigException("draw." + field + ": " + value + " goes with rule: " + owner.key()
                    + ", and this is " + rule.key() + "; leave it out");
        }
        return null;
    }

    /** The sampler for a network that tells that. */
    public SamplerName sampler(PredictionType type) {
        return sampler == null ? SamplerName.usual(type) : sampler;
    }

    /** The same with another number of steps. */
    public DrawConfig withSteps(int other) {
        return new DrawConfig(sampler, rule, rescale, other, corrector, eta, momentum, norm, alpha, zeroSteps);
    }

    /** The same without guidance, and so without a rule. */
    public DrawConfig unguided() {
        return new DrawConfig(sampler, RuleName.PLAIN, 0, steps, corrector, null, null, null, null, null);
    }

    /**
     * Refuses a schedule that the rule does not know: CFG++ takes shares, in scale, and has no step without guidance.
     *
     * @throws ConfigException naming the step
     */
    public void check(GuidanceConfig guidance, GuidancePlan plan) {
        if (rule != RuleName.CFG_PP) {
            return;
        }
        if (guidance.hasWindow()) {
            throw new ConfigException("draw.rule: cfg_pp guides every step, since it goes back to noise by the"
                    + " unconditional prediction; leave out start, stop and intervals, or take plain");
        }
        for (int i = 0; i < plan.steps().size(); i++) {
            double scale = plan.steps().get(i).scale();
            if (!(scale >= 0 && scale <= 1)) {
                throw new ConfigException("guidance.weight: rule: cfg_pp takes 0 to 1 in scale, and step " + i + " has "
                        + scale + "; take a smaller weight, such as static 0.6 with convention: scale");
            }
        }
    }

    /** Whether what is drawn is the conditional network's own. */
    public boolean guidesNothing(GuidancePlan plan) {
        return rule != RuleName.CFG_PP
                && (zeroSteps == null || zeroSteps == 0)
                && plan.unguided() == plan.steps().size();
    }

    /** The rule, which remembers nothing yet; to be closed. */
    public Guider guider(Convention convention) {
        return rule.guider(convention, this);
    }
}
