package org.counterweight.studies.plan;

import java.util.List;

/** A table of the report: these arms, these metrics, each as mean ± standard deviation over the seeds. */
public record Table(String title, List<Pick> rows, List<Metric> columns) {
    public Table {
        rows = List.copyOf(rows);
        columns = List.copyOf(columns);
    }
}
