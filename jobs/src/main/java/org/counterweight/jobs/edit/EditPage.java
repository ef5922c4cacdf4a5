package org.counterweight.jobs.edit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.counterweight.config.Configs;
import org.counterweight.jobs.JobPage;
import org.counterweight.report.Chart;
import org.counterweight.report.Page;
import org.counterweight.weights.ledger.Ledger;

/** The report of a stream of edits. */
final class EditPage {
    private static final int BINS = 20;

    private EditPage() {}

    static Page of(EditJob job, Path output, Correcting by, EditOutcome outcome, Ledger ledger) {
        EditFigures last = outcome.last();
        boolean isClassifier = outcome.unedited().upstream() <= 1;
        boolean keepsEntries = by instanceof GraceCorrecting;
        return new JobPage(
                        "Edits of " + job.model(),
                        last.made() + " answers of " + job.model() + " were put right "
                                + (keepsEntries
                                        ? "in " + last.entries() + " entries of a codebook; no weight was changed. "
                                        : "by " + by.method() + ", to compare with GRACE; only its figures are kept. ")
                                + (last.edits() - last.made()) + " of the stream's " + last.edits()
                                + " were right already"
                                + (outcome.unsuccessful().isEmpty()
                                        ? "."
                                        : ", and " + outcome.unsuccessful().size() + " could not be learnt."),
                        Configs.yaml(by.settings()),
                        ledger)
                .of(
                        figures(last, outcome.unedited(), isClassifier),
                        "As edits are made",
                        charts(outcome, isClassifier),
                        List.of(sheet(outcome, isClassifier)),
                        facts(by, outcome, ledger),
                        keepsEntries ? next(job, output) : List.of());
    }

    private static List<Page.Next> next(EditJob job, Path output) {
        return List.of(
                new Page.Next(
                        "./cw predict " + job.model() + " --edits " + output + " --text \"…\"",
                        "queries the edited model, and shows which edit answered"),
                new Page.Next("./cw edits " + output, "lists the edits; --delete and --rollback undo them"),
                new Page.Next("./cw explain grace", "the method: its paper, formula and settings"));
    }

    private static List<Page.Figure> figures(EditFigures last, EditFigures before, boolean isClassifier) {
        var figures = new ArrayList<Page.Figure>();
        figures.add(new Page.Figure(
                "Edits right now",
                EditFigures.percent(last.retention()),
                "before the first " + EditFigures.percent(before.retention())));
        figures.add(new Page.Figure(
                "Right at once", EditFigures.percent(last.success()), "of the edits, as each was made"));
        figures.add(new Page.Figure(
                "Rephrasings",
                EditFigures.percent(last.holdout()),
                "answered as wanted; before the first " + EditFigures.percent(before.holdout())));
        figures.add(new Page.Figure(
                "Others as before", EditFigures.percent(last.locality()), "of the texts beside the edits"));
        figures.add(new Page.Figure(
                isClassifier ? "Upstream accuracy" : "Upstream perplexity",
                upstream(last, isClassifier),
                "unedited " + upstream(before, isClassifier) + "; an edit answered "
                        + EditFigures.percent(last.hits())));
        return figures;
    }

    private static String upstream(EditFigures figures, boolean isClassifier) {
        return isClassifier || Double.isNaN(figures.upstream())
                ? EditFigures.percent(figures.upstream())
                : String.format(Locale.ROOT, "%.2f", figures.upstream());
    }

    private static List<Chart> charts(EditOutcome outcome, boolean isClassifier) {
        var series = new ArrayList<Chart.Series>();
        add(series, "edits right now", outcome.all(), EditFigures::retention);
        add(series, "rephrasings", outcome.all(), EditFigures::holdout);
        add(series, "others as before", outcome.all(), EditFigures::locality);
        if (isClassifier) {
            add(series, "upstream accuracy", outcome.all(), EditFigures::upstream);
        }
        var charts = new ArrayList<Chart>();
        charts.add(Chart.of(
                "What holds as edits are made",
                "Shares of the edits so far, of their rephrasings, and of texts that should be left alone; at 0 those of the"
                        + " whole stream before the first edit.",
                "edits",
                series,
                List.of()));
        Radii radii = outcome.radii();
        if (radii != null) {
            charts.add(distances(radii));
        }
        return charts;
    }

    private static void add(
            List<Chart.Series> series, String name, List<EditFigures> figures, ToDoubleFunction<EditFigures> figure) {
        if (figures.stream().allMatch(row -> Double.isFinite(figure.applyAsDouble(row)))) {
            series.add(new Chart.Series(
                    name,
                    figures.stream().mapToDouble(EditFigures::edits).toArray(),
                    figures.stream().mapToDouble(figure).toArray()));
        }
    }

    private static Chart distances(Radii radii) {
        double top = Math.max(
                Arrays.stream(radii.rephrased()).max().orElse(1),
                Arrays.stream(radii.upstream()).max().orElse(1));
        return Chart.ofFigures(
                "How far texts lie from edits",
                "Distances at the wrapped layer, as shares of the texts, in " + BINS
                        + " steps. A radius between the two covers rephrasings and leaves the others alone.",
                "distance",
                List.of(
                        histogram("rephrasings", radii.rephrased(), top),
                        histogram("upstream texts", radii.upstream(), top)),
                List.of());
    }

    private static Chart.Series histogram(String name, double[] numbers, double top) {
        double[] x = new double[BINS];
        double[] y = new double[BINS];
        Arrays.setAll(x, bin -> (bin + 0.5) * top / BINS);
        for (double number : numbers) {
            y[Math.min(BINS - 1, (int) (BINS * number / top))] += 1.0 / numbers.length;
        }
        return new Chart.Series(name, x, y);
    }

    private static Page.Sheet sheet(EditOutcome outcome, boolean isClassifier) {
        return new Page.Sheet(
                "After every period",
                "Each line judges all edits up to it; the first is the model before the first edit, on all lines of"
                        + " the stream.",
                List.of(
                        "Edits",
                        "Made",
                        "Entries",
                        "At once",
                        "Right now",
                        "Rephrasings",
                        "Others as before",
                        "Upstream"),
                outcome.all().stream()
                        .map(row -> List.of(
                                String.valueOf(row.edits()),
                                String.valueOf(row.made()),
                                String.valueOf(row.entries()),
                                EditFigures.percent(row.success()),
                                EditFigures.percent(row.retention()),
                                EditFigures.percent(row.holdout()),
                                EditFigures.percent(row.locality()),
                                upstream(row, isClassifier)))
                        .toList(),
                -1);
    }

    private static List<Page.Fact> facts(Correcting by, EditOutcome outcome, Ledger ledger) {
        var facts = new ArrayList<Page.Fact>();
        by.facts().forEach((name, text) -> facts.add(new Page.Fact(name, text)));
        Radii measured = outcome.radii();
        if (measured != null) {
            facts.add(new Page.Fact(
                    "radius", measured.advice(by.settings().path("eps").asDouble())));
        }
        if (!outcome.unsuccessful().isEmpty()) {
            facts.add(new Page.Fact("not learnt", String.join(", ", outcome.unsuccessful())));
        }
        facts.add(new Page.Fact("made by", ledger.madeBy()));
        return facts;
    }
}
