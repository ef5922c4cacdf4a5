package org.counterweight.shift.fairness.batch;

import java.util.List;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.counterweight.shift.fairness.CellShares;
import org.counterweight.shift.fairness.judge.FairRows;
import org.counterweight.train.part.Plan;
import org.counterweight.train.part.Run;
import org.counterweight.train.part.RunPart;
import org.counterweight.train.weigh.RowColumn;
import org.jspecify.annotations.Nullable;

/** Settings of FairBatch, under the names of its official code; as a section of a recipe the batches of its run. */
public record FairBatchConfig(
        @Setting(
                value = "What is made equal between the groups: parity of predictions (dp), the loss at y = 1 (eqopp),"
                        + " at either label (eqodds), parity and odds (dpeo), or nothing",
                defaultsTo = "\"dp\"",
                oneOf = {"original", "eqopp", "eqodds", "dp", "dpeo"})
        FairTarget targetFairness,

        @Setting(value = "How far a share moves in an epoch", defaultsTo = "0.005", range = "(0, 1]; 0.005 is usual")
        double alpha,

        @Setting(
                value = "What the gaps of odds are multiplied with in dpeo",
                defaultsTo = "3.0",
                range = "above 0; 3 is usual")
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
        boolean replacement,

        @Setting(
                value =
                        "Number of rows, always the same and drawn from each cell by its share, whose losses are measured"
                                + " before an epoch; a tenth of the rows costs a tenth of the time; null for all, as in the paper",
                defaultsTo = "null",
                range = "at least 4")
        @Nullable
        Integer lambdaRows,

        @Setting(value = "The class that is y=1; null for the later of two", defaultsTo = "null") @Nullable
        String positive)
        implements RunPart {
    public FairBatchConfig {
        Checks.ranges(FairBatchConfig.class, "fairbatch", alpha, knob, lambdaRows);
    }

    /** All at their defaults but the target. */
    public static FairBatchConfig of(FairTarget target) {
        return new FairBatchConfig(target, 0.005, 3, Wrap.EXACT, false, null, null);
    }

    @Override
    public Run join(Run run) {
        return FairBatching.joined(this, run);
    }

    @Override
    public void check(Plan plan) {
        if (plan.config().batchSize() < CellShares.CELLS) {
            throw new ConfigException(
                    "train.batch_size",
                    plan.config().batchSize(),
                    "an integer of at least 4 with fairbatch: a row of each cell of label and group");
        }
        if (plan.config().sampler() != null) {
            throw new ConfigException(
                    "fairbatch chooses the rows of each batch, and so does train.sampler; leave one of" + " them out");
        }
    }

    @Override
    public void check(Run run) {
        FairBatching.check(this, run);
    }

    @Override
    public boolean needsClasses() {
        return true;
    }

    @Override
    public List<RowColumn> columns() {
        return FairRows.COLUMNS;
    }

    @Override
    public String method() {
        return "fairbatch";
    }

    @Override
    public String does() {
        return "in batches whose shares of the groups followed their losses";
    }
}
