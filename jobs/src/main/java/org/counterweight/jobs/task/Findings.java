package org.counterweight.jobs.train;

import java.util.List;
import org.counterweight.report.Chart;
import org.counterweight.report.ConfusionPlot;
import org.counterweight.report.Page;
import org.jspecify.annotations.Nullable;

/**
 * What a report says of the quality of a result.
 *
 * @param lead what was done and what came of it
 * @param quality the figures that it is judged by
 */
record Findings(
        String lead,
        List<Page.Figure> quality,
        List<Chart> charts,
        @Nullable ConfusionPlot confusion,
        List<Page.ClassRow> classes) {
    Findings {
        quality = List.copyOf(quality);
        charts = List.copyOf(charts);
        classes = List.copyOf(classes);
    }
}
