package org.counterweight.reweigh.loss;

import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.train.weigh.Weigher;
import org.counterweight.train.weigh.WeigherConfig;
import org.jspecify.annotations.Nullable;

/** Settings of {@link LossReweighting}. */
public record LossReweightingConfig(
        @Setting(
                value = "Which losses get the weight: linupper spares the rows already learnt",
                defaultsTo = "\"linupper\"",
                oneOf = {"linupper", "quadratic", "extremes", "upper", "uniform", "normalized_dro", "dro"})
        Strategy strategy,

        @Setting(
                value = "Sharpness: the larger, the nearer to uniform weights",
                range = "above 0; 0.3 to 2 is usual, 100 is practically uniform",
                example = "1.0")
        double r,

        @Setting(
                value = "Half the width of the range that losses are scaled to",
                defaultsTo = "1.0",
                range = "above 0; 1 is usual")
        double delta,

        @Setting(
                value = "linupper: the score is flat from alpha times delta on; 2 for no cap",
                defaultsTo = "1.0",
                range = "above 0; 1 is usual, 2 for no cap")
        double alpha,

        @Setting(value = "Steps with uniform weights at the start", defaultsTo = "0", range = "at least 0")
        long burnInSteps,

        @Setting(
                value = "How the temperature changes with the steps, in place of r; null for r throughout",
                defaultsTo = "null")
        @Nullable
        SharpnessConfig temperature,

        @Setting(
                value = "What happens to rows whose loss is infinite or not a number",
                defaultsTo = "\"error\"",
                oneOf = {"error", "drop"})
        NonFinite nonFinite)
        implements WeigherConfig {

    /** What becomes of rows whose loss is infinite or not a number: one would poison the range of all. */
    public enum NonFinite {
        ERROR,
        /** Weight 0; the row takes no part in the range, nor in the step. */
        DROP
    }

    public LossReweightingConfig {
        Checks.ranges(LossReweightingConfig.class, "loss_reweighting", r, delta, alpha, burnInSteps);
    }

    /** The paper's best strategy at a constant temperature. */
    public static LossReweightingConfig of(Strategy strategy, double r) {
        return new LossReweightingConfig(strategy, r, 1, 1, 0, null, NonFinite.ERROR);
    }

    @Override
    public Weigher create() {
        return new LossReweighting(this, temperature == null ? Sharpness.constant(r) : temperature.schedule());
    }
}
