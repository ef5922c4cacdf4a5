package org.counterweight.shift.fairness.batch;

import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;

/** Settings of FairBatch, under the names of its official code. */
public record FairBatchConfig(
        @Setting(
                value = "What is made equal between the groups: parity of predictions (dp), the loss at y = 1 (eqopp),"
                        + " at either label (eqodds), parity and odds (dpeo), or nothing",
                defaultsTo = "\"dp\"",
                oneOf = {"original", "eqopp", "eqodds", "dp", "dpeo"})
        FairTarget targetFairness,

        @Setting(value = "How far a share moves in an epoch", defaultsTo = "0.005", range = "(0, 1]")
        double alpha,

        @Setting(value = "What the gaps of odds are multiplied with in dpeo", defaultsTo = "3.0", range = "above 0")
        double knob,

        @Setting(
                value = "How a cell is dealt on when its rows are used up: from its beginning, or as the official code"
                        + " does",
                defaultsTo = "\"exact\"",
                oneOf = {"exact", "official"})
        Wrap wrap,

        @Setting(
                value = "Draw each batch from all rows anew, instead of dealing an epoch's rows out",
                defaultsTo = "false")
        boolean replacement) {
    public FairBatchConfig {
        if (!(alpha > 0 && alpha <= 1)) {
            throw new ConfigException("fairbatch.alpha", alpha, "a number in (0, 1] (0.005 is usual)");
        }
        if (!(knob > 0 && Double.isFinite(knob))) {
            throw new ConfigException("fairbatch.knob", knob, "a number above 0 (3 is usual)");
        }
    }

    /** All at their defaults but the target. */
    public static FairBatchConfig of(FairTarget target) {
        return new FairBatchConfig(target, 0.005, 3, Wrap.EXACT, false);
    }
}
