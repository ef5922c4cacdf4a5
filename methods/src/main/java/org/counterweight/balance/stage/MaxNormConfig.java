package org.counterweight.balance.stage;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.balance.MaxNorm;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.jspecify.annotations.Nullable;

/** Settings of {@link MaxNorm} in a run. */
public record MaxNormConfig(
        @Setting(
                value =
                        "How far the radius lies from the shortest row's norm to the longest's, in the head it starts with",
                defaultsTo = "0.1",
                range = "[0, 1]")
        double fraction,

        @Setting(value = "The radius itself; null to find it by the fraction", defaultsTo = "null", range = "above 0")
        @Nullable
        Double radius,

        @Setting(value = "Which norm", defaultsTo = "2.0", range = "at least 1")
        double p,

        @Setting(
                value = "When rows are projected: after every step, or as the official code after every epoch",
                defaultsTo = "\"step\"",
                oneOf = {"step", "epoch"})
        Every projectEvery) {

    /** When rows are projected. */
    public enum Every {
        STEP,
        EPOCH
    }

    public MaxNormConfig {
        if (!(fraction >= 0 && fraction <= 1)) {
            throw new ConfigException(
                    "balance.second.max_norm.fraction", fraction, "a number in [0, 1] (0.1 is usual)");
        }
        if (radius != null && !(radius > 0 && Double.isFinite(radius))) {
            throw new ConfigException("balance.second.max_norm.radius", radius, "a number above 0, or null");
        }
        if (!(p >= 1)) {
            throw new ConfigException("balance.second.max_norm.p", p, "a number of at least 1 (2 is usual)");
        }
    }

    /** The ball, found once from the weight that the second stage starts with. */
    MaxNorm ball(Tensor start) {
        return radius == null ? MaxNorm.relative(start, fraction, p) : new MaxNorm(radius, p);
    }
}
