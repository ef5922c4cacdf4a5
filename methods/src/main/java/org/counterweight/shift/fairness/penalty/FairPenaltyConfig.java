package org.counterweight.shift.fairness.penalty;

import java.util.List;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.model.Params;
import org.counterweight.shift.fairness.constraint.FairConstraint;
import org.counterweight.shift.fairness.judge.FairReport;
import org.counterweight.shift.fairness.judge.FairRows;
import org.counterweight.train.Task;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.part.Run;
import org.counterweight.train.part.RunPart;
import org.counterweight.train.weigh.RowColumn;
import org.jspecify.annotations.Nullable;

/** Settings of {@link FairPenalty}: the squared gap between two groups beside the loss of a classifier. */
public record FairPenaltyConfig(
        @Setting(
                value = "Factor of the squared gap in the loss",
                defaultsTo = "1.0",
                range = "at least 0; 1 to 100 is usual")
        double rho,

        @Setting(
                value = "Which rates are to be equal: of all rows, of those with y=1, or of either label",
                defaultsTo = "\"demographic_parity\"",
                oneOf = {"demographic_parity", "equal_opportunity", "equalized_odds"})
        FairConstraint constraint,

        @Setting(value = "The class that is y=1; null for the later of two", defaultsTo = "null") @Nullable
        String positive)
        implements RunPart {
    public FairPenaltyConfig {
        Checks.ranges(FairPenaltyConfig.class, "fair_penalty", rho);
    }

    @Override
    public Run join(Run run) {
        FairRows rows = FairRows.of(run, "fair_penalty", positive);
        Task task = run.task();
        Params params = task.params();
        Run joined = run.with(task.towards(new FairPenalty(task.objective(), this, rows)));
        return joined.with(joined.task().with((TrainingEvents) new FairReport(rows, run, params)));
    }

    @Override
    public void check(Run run) {
        FairRows.of(run, "fair_penalty", positive);
    }

    @Override
    public String undivided() {
        return "compares the groups over all rows of a batch";
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
        return "fair_penalty";
    }

    @Override
    public String does() {
        return "with the gap between the groups in the loss";
    }
}
