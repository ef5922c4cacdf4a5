package org.counterweight.studies.plan.shown;

import java.util.List;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;

/** A table of the report: these arms, these metrics, each as mean ± standard deviation over the seeds. */
public record Table(String title, List<Pick> rows, List<Metric> columns) {
    public Table {
        rows = List.copyOf(rows);
        columns = List.copyOf(columns);
    }
}
