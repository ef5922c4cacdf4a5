package org.counterweight.jobs.findings;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.report.Chart;
import org.counterweight.report.Page;
import org.counterweight.train.measure.Evaluation;
import org.jspecify.annotations.Nullable;

/**
 * What a report says about a result with figures but no table of classes.
 *
 * @param chief the figure that the first sentence and the chart tell
 * @param learnt what the model learnt, after its name
 * @param reached before the chief figure
 */
public record FigureReport(Recipe recipe, String chief, String learnt, String reached) {
    public Findings findings(Outcome outcome, Prepared rows, RunHistory course) {
        Evaluation test = Objects.requireNonNull(outcome.test());
        Baseline baseline = outcome.baseline();
        var charts = new ArrayList<Chart>();
        charts.add(course.loss("Mean loss of the rows trained on, and of the rows held out to choose by."));
        charts.add(course.figure(chief));
        if (recipe.weigh() != null) {
            charts.addAll(course.weights());
        }
        return new Findings(lead(test, baseline, rows), figures(test, baseline), charts, null, parts(test));
    }

    /** How each kind fared, of what is told of parts of rows. */
    private static List<Page.ClassRow> parts(Evaluation test) {
        return test.parts().stream()
                .map(part ->
                        new Page.ClassRow(part.label(), part.support(), part.precision(), part.recall(), part.f1()))
                .toList();
    }

    private String lead(Evaluation test, @Nullable Baseline baseline, Prepared rows) {
        String kind = recipe.data().kind().rows();
        return String.format(
                        Locale.ROOT,
                        "%s learnt %s from %,d %s with %s. On %,d %s it had not seen %s %s",
                        recipe.model().title(),
                        learnt,
                        rows.split().train().size(),
                        kind,
                        Findings.trainedWith(recipe),
                        rows.split().test().size(),
                        kind,
                        reached,
                        FigureFormat.of(chief, test.metric(chief)))
                + (baseline == null
                        ? "."
                        : "; that of the " + baseline.name() + " is " + FigureFormat.of(chief, baseline.metric(chief))
                                + ".");
    }

    private List<Page.Figure> figures(Evaluation test, @Nullable Baseline baseline) {
        return recipe.task().figures().stream()
                .map(name -> new Page.Figure(
                        FigureFormat.title(name),
                        FigureFormat.of(name, test.metric(name)),
                        baseline == null
                                ? "on the test rows"
                                : baseline.name() + " " + FigureFormat.of(name, baseline.metric(name))))
                .toList();
    }
}
