package org.counterweight.jobs.findings;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.counterweight.guide.learn.LevelLosses;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.report.Chart;
import org.counterweight.train.measure.Evaluation;
import tools.jackson.databind.node.ObjectNode;

/** What a report says about a denoising network. */
public record DiffusionReport(Recipe recipe) {
    public Findings findings(Outcome outcome, Prepared rows, RunHistory course) {
        Findings plain = new FigureReport(recipe, "loss", "to tell noise", "the mean square of what it gets wrong is")
                .findings(outcome, rows, course);
        return new Findings(
                plain.lead(),
                plain.quality(),
                List.of(plain.charts().get(0), levels(course, Objects.requireNonNull(outcome.test()))),
                null,
                List.of());
    }

    /** The loss at each level of noise: early, half-way, and of what is handed over. */
    private static Chart levels(RunHistory course, Evaluation test) {
        var series = new ArrayList<Chart.Series>();
        List<ObjectNode> evaluations = course.evaluations();
        for (int i : new int[] {0, (evaluations.size() - 1) / 2}) {
            if (i < evaluations.size() - 1 && (i > 0 || series.isEmpty())) {
                ObjectNode line = evaluations.get(i);
                series.add(series(
                        "after " + line.path("step").asLong() + " steps",
                        part -> line.path("evaluation")
                                .path(LevelLosses.figure(part))
                                .asDouble(Double.NaN)));
            }
        }
        series.add(series("at the end", part -> test.metrics().getOrDefault(LevelLosses.figure(part), Double.NaN)));
        return Chart.ofFigures(
                "Loss by level of noise",
                "Mean loss of held-out rows, by the time at which they are asked for: 0 is data, 100 noise.",
                "percent of all times",
                series,
                List.of());
    }

    private static Chart.Series series(String name, java.util.function.IntToDoubleFunction loss) {
        var x = new ArrayList<Double>();
        var y = new ArrayList<Double>();
        for (int part = 0; part < LevelLosses.PARTS; part++) {
            double value = loss.applyAsDouble(part);
            if (Double.isFinite(value)) {
                x.add((part + 0.5) * 100 / LevelLosses.PARTS);
                y.add(value);
            }
        }
        return new Chart.Series(
                name,
                x.stream().mapToDouble(Double::doubleValue).toArray(),
                y.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
