package org.counterweight.balance.adjust;

import java.util.Arrays;
import org.counterweight.balance.LogitAdjustment;
import org.counterweight.balance.LogitAdjustment.Mode;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.jspecify.annotations.Nullable;

/** Settings of a {@link LogitAdjustment} in a run. */
public record AdjustConfig(
        @Setting(
                value = "How the prior enters: subtracted from the logits, or each logit multiplied by a power of it",
                defaultsTo = "\"additive\"",
                oneOf = {"additive", "multiplicative"})
        Mode mode,

        @Setting(
                value = "When: after training, computed into the head that is written; or in the loss, and then no"
                        + " more",
                defaultsTo = "\"after\"",
                oneOf = {"after", "training"})
        When when,

        @Setting(
                value = "How much; null to find it on the rows to choose by, or 1 in training",
                defaultsTo = "null",
                range = "at least 0; 0 to 2 is usual")
        @Nullable
        Double tau,

        @Setting(
                value = "The largest value tried, from 0 in steps of 0.05",
                defaultsTo = "2.0",
                range = "(0, 100]; 2 is usual")
        double most,

        @Setting(
                value = "The balanced accuracy that chooses the best epoch: of the adjusted logits, with tau found"
                        + " anew each time, or of the raw ones",
                defaultsTo = "\"adjusted\"",
                oneOf = {"adjusted", "raw"})
        Select selectOn) {

    private static final double STEP = 0.05;

    /** When logits are adjusted. */
    public enum When {
        AFTER,
        TRAINING
    }

    /** By which logits the best epoch is told. */
    public enum Select {
        ADJUSTED,
        RAW
    }

    public AdjustConfig {
        Checks.ranges(AdjustConfig.class, "balance.adjust", tau, most);
    }

    /** What the loss is computed of. */
    public LogitAdjustment inTraining() {
        return new LogitAdjustment(mode, tau == null ? 1 : tau);
    }

    /** Whether the best epoch is told by adjusted logits. */
    public boolean selectsAdjusted() {
        return when == When.AFTER && selectOn == Select.ADJUSTED;
    }

    /** What is tried, the least first: tau alone if it is given. */
    public double[] grid() {
        if (tau != null) {
            return new double[] {tau};
        }
        int last = (int) Math.floor(most / STEP + 1e-9);
        double[] grid = new double[last + 1];
        Arrays.setAll(grid, i -> i * STEP);
        return grid;
    }
}
