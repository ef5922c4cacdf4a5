package org.counterweight.balance.stage;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.balance.MaxNorm;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.jspecify.annotations.Nullable;

/** Settings of {@link MaxNorm} in a run. */
public record MaxNormConfig(
        @Setting(
                value =
                        "How far the radius lies from the shortest row's norm to the longest's, in the head it starts with",
                defaultsTo = "0.1",
                range = "[0, 1]; 0.1 is usual")
        double fraction,

        @Setting(value = "The radius itself; null to find it by the fraction", defaultsTo = "null", range = "above 0")
        @Nullable
        Double radius,

        @Setting(value = "Which norm", defaultsTo = "2.0", range = "at least 1, infinite too; 2 is usual")
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
        Checks.ranges(MaxNormConfig.class, "balance.second.max_norm", fraction, radius, p);
    }

    /** The ball, found once from the weight that the second stage starts with. */
    MaxNorm ball(Tensor start) {
        return radius == null ? MaxNorm.relative(start, fraction, p) : new MaxNorm(radius, p);
    }
}
