package org.counterweight.shift.fairness.judge;

import java.util.List;
import org.counterweight.model.Params;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.part.ClassRows;
import org.counterweight.train.part.PartReport;
import org.counterweight.train.part.Run;
import org.counterweight.train.part.Section;
import org.jspecify.annotations.Nullable;

/** Tells, when a run is over, how its classifier treats the groups on the rows to judge by. */
public final class FairReport implements TrainingEvents, PartReport {
    private final FairRows rows;
    private final Run run;
    private final Params params;
    private @Nullable GroupFigures figures;

    /** @param params that are trained, live */
    public FairReport(FairRows rows, Run run, Params params) {
        this.rows = rows;
        this.run = run;
        this.params = params;
    }

    @Override
    public void atEnd() {
        ClassRows classes = run.classes();
        figures = GroupFigures.of(
                rows, classes == null ? null : classes.judged(), run.task().model(), params);
    }

    @Override
    public List<Section> sections() {
        return figures == null ? List.of() : figures.sections(rows.name());
    }

    @Override
    public List<String> warnings() {
        return figures == null
                ? List.of("how the groups fare is not told: the rows to judge by have no groups")
                : List.of();
    }
}
