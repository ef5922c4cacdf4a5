package org.counterweight.jobs.findings;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.report.Chart;
import org.counterweight.report.ConfusionPlot;
import org.counterweight.report.Page;
import org.counterweight.train.measure.Confusion;
import org.counterweight.train.measure.Evaluation;
import org.jspecify.annotations.Nullable;

/** What a report says about a classifier, whatever its rows are. */
public record ClassReport(Recipe recipe) {
    public Findings findings(Outcome outcome, Prepared rows, RunHistory course) {
        Evaluation test = Objects.requireNonNull(outcome.test());
        Baseline baseline = outcome.baseline();
        Confusion confusion = test.confusion();
        var charts = new ArrayList<Chart>();
        charts.add(course.loss("Mean cross-entropy of the rows trained on, and of the rows held out to choose by."));
        charts.add(course.quality());
        if (recipe.weigh() != null) {
            charts.addAll(course.weights());
        }
        return new Findings(
                lead(test, baseline, rows),
                figures(test, baseline),
                charts,
                confusion == null ? null : ConfusionPlot.of(confusion.labels(), confusion.counts()),
                confusion == null ? List.of() : classes(confusion));
    }

    private String lead(Evaluation test, @Nullable Baseline baseline, Prepared rows) {
        return String.format(
                        Locale.ROOT,
                        "%s learnt %d classes from %,d %s with %s. Of %,d %s it had not seen it puts %s in the right class",
                        recipe.model().title(),
                        rows.labels().size(),
                        rows.split().train().size(),
                        recipe.data().kind().rows(),
                        Findings.trainedWith(recipe),
                        rows.split().test().size(),
                        recipe.data().kind().rows(),
                        percent(test.metric("accuracy")))
                + (baseline == null ? "." : "; " + baseline.told() + " " + percent(baseline.metric("accuracy")) + ".");
    }

    private List<Page.Figure> figures(Evaluation test, @Nullable Baseline baseline) {
        var figures = new ArrayList<>(usual(test, baseline));
        for (String name : recipe.train().figures()) {
            Double value = test.metrics().get(name);
            if (value != null) {
                figures.add(new Page.Figure(
                        title(name),
                        percent(value),
                        baseline == null
                                ? "on the test rows"
                                : baseline.name() + " " + percent(baseline.metric(name))));
            }
        }
        return figures;
    }

    /** {@code balanced_accuracy} as {@code Balanced accuracy}. */
    private static String title(String name) {
        return Character.toUpperCase(name.charAt(0)) + name.substring(1).replace('_', ' ');
    }

    private static List<Page.Figure> usual(Evaluation test, @Nullable Baseline baseline) {
        return List.of(
                new Page.Figure(
                        "Accuracy",
                        percent(test.metric("accuracy")),
                        baseline == null
                                ? "on the test rows"
                                : baseline.name() + " " + percent(baseline.metric("accuracy"))),
                new Page.Figure(
                        "Macro-F1",
                        String.format(Locale.ROOT, "%.3f", test.metric("macro_f1")),
                        baseline == null
                                ? "every class counts the same"
                                : String.format(Locale.ROOT, "%s %.3f", baseline.name(), baseline.metric("macro_f1"))));
    }

    private static List<Page.ClassRow> classes(Confusion confusion) {
        return confusion.perClass().stream()
                .filter(row -> row.support() > 0)
                .sorted(Comparator.comparingDouble(Confusion.PerClass::support).reversed())
                .map(row -> new Page.ClassRow(row.label(), row.support(), row.precision(), row.recall(), row.f1()))
                .toList();
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
