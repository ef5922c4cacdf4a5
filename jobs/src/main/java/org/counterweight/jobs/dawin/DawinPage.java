package org.counterweight.jobs.dawin;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.counterweight.config.Configs;
import org.counterweight.jobs.JobPage;
import org.counterweight.report.Chart;
import org.counterweight.report.Page;

/** The page that shows how sure each model was, how much of each the rows got, and the result. */
final class DawinPage {
    private static final int BINS = 20;
    private static final int POINTS = 60;

    private DawinPage() {}

    static Page of(Path output, DawinResult result) {
        return new JobPage(
                        String.valueOf(output.getFileName()),
                        lead(result),
                        Configs.yaml(result.ledger().config()),
                        result.ledger())
                .of(
                        figures(result),
                        "Coefficients and entropies",
                        List.of(coefficients(result), entropies(result)),
                        sheets(result),
                        facts(result),
                        next(output, result));
    }

    private static String lead(DawinResult result) {
        String text = String.format(
                Locale.ROOT,
                "%,d rows were answered by %s of %d models of one base, weighted for each row by how confident every model is.",
                result.of().size(),
                result.isClustered()
                        ? result.clusters().size() + (result.clusters().size() == 1 ? " mixture" : " mixtures")
                        : "mixtures of their own",
                result.models().size());
        Double right = result.accuracy().get(DawinResult.DAWIN);
        return right == null
                ? text
                : text + String.format(Locale.ROOT, " %.1f %% of the answers are right.", 100 * right);
    }

    private static List<Page.Figure> figures(DawinResult result) {
        var figures = new ArrayList<Page.Figure>();
        Double right = result.accuracy().get(DawinResult.DAWIN);
        if (right != null) {
            double best = result.models().stream()
                    .mapToDouble(model -> result.accuracy().getOrDefault(model.toString(), 0.0))
                    .max()
                    .orElse(0);
            figures.add(new Page.Figure("Right", percent(right), "best single model " + percent(best)));
        }
        figures.add(new Page.Figure(
                "Merged models",
                String.valueOf(result.clusters().size()),
                "for " + result.of().size() + " rows"));
        for (int m = 0; m < result.models().size(); m++) {
            figures.add(new Page.Figure(
                    "Entropy of " + name(result, m),
                    String.format(Locale.ROOT, "%.3f", result.entropies().get(m).mean()),
                    "nats, at temperature " + shown(result.temperatures().get(m))));
        }
        return figures;
    }

    private static Chart coefficients(DawinResult result) {
        double highest = Arrays.stream(result.coefficients())
                .flatMapToDouble(Arrays::stream)
                .max()
                .orElse(1);
        double top = Math.max(1, highest);
        var series = new ArrayList<Chart.Series>();
        for (int m = result.base() == null ? 1 : 0; m < result.models().size(); m++) {
            double[] x = new double[BINS];
            double[] y = new double[BINS];
            for (int bin = 0; bin < BINS; bin++) {
                x[bin] = (bin + 0.5) * top / BINS;
            }
            for (double value : result.coefficients(m)) {
                y[Math.max(0, Math.min(BINS - 1, (int) (BINS * value / top)))]++;
            }
            series.add(new Chart.Series(name(result, m), x, y));
        }
        return Chart.ofFigures(
                "The share of a model that rows get",
                "Rows by their own coefficient, in " + BINS + " steps"
                        + (result.base() == null ? "; the other model gets what is left to 1." : "."),
                "coefficient",
                series,
                List.of());
    }

    private static Chart entropies(DawinResult result) {
        var series = new ArrayList<Chart.Series>();
        for (int m = 0; m < result.models().size(); m++) {
            double[] sorted = result.entropy()[m].clone();
            Arrays.sort(sorted);
            double[] x = new double[sorted.length];
            Arrays.setAll(x, i -> 100 * (i + 0.5) / x.length);
            series.add(Chart.smoothed(name(result, m), x, sorted, POINTS));
        }
        return Chart.ofFigures(
                "How sure each model is",
                "Entropy of its answers in nats, each model's rows from the most to the least confident.",
                "% of the rows",
                series,
                List.of());
    }

    private static List<Page.Sheet> sheets(DawinResult result) {
        if (!result.accuracy().isEmpty()) {
            return List.of(new Page.Sheet(
                    "Right answers",
                    "The same rows answered by each model alone, by one merge for all of them, by the models'"
                            + " probabilities mixed with the rows' coefficients, and by the mixtures.",
                    List.of("Answered by", "Right"),
                    result.accuracy().entrySet().stream()
                            .map(entry -> List.of(entry.getKey(), percent(entry.getValue())))
                            .toList(),
                    result.accuracy().size() - 1));
        }
        if (!result.isClustered()) {
            return List.of();
        }
        return List.of(new Page.Sheet(
                "The mixtures",
                "Rows with similar coefficients share a merged model.",
                List.of("Model", "Rows", "Coefficients"),
                result.clusters().stream()
                        .map(cluster -> List.of(
                                DawinFiles.merged(cluster.number()),
                                String.valueOf(cluster.rows()),
                                shown(cluster.coefficients())))
                        .toList(),
                -1));
    }

    private static List<Page.Fact> facts(DawinResult result) {
        var facts = new ArrayList<Page.Fact>();
        if (result.isClustered()) {
            result.clusters()
                    .forEach(cluster -> facts.add(new Page.Fact(
                            DawinFiles.merged(cluster.number()),
                            "coefficients " + shown(cluster.coefficients()) + ", " + cluster.rows() + " rows")));
        }
        facts.add(new Page.Fact(
                "fitted to", result.reference() == null ? "the rows themselves" : String.valueOf(result.reference())));
        facts.add(new Page.Fact("made by", result.ledger().madeBy()));
        facts.add(new Page.Fact("seed", String.valueOf(result.ledger().seed())));
        return facts;
    }

    private static List<Page.Next> next(Path output, DawinResult result) {
        var next = new ArrayList<Page.Next>();
        if (result.isClustered()) {
            Path model =
                    output.resolve(DawinFiles.merged(result.clusters().get(0).number()));
            next.add(new Page.Next("./cw predict " + model + " --text \"…\"", "queries one of the merged models"));
        }
        next.add(new Page.Next("./cw verify " + output, "rehashes what it was made from"));
        next.add(new Page.Next("./cw explain dawin", "the method: its paper, formula and settings"));
        return next;
    }

    /** A short name: models of runs are all called {@code merged}. */
    private static String name(DawinResult result, int model) {
        return "model " + (model + 1) + ", " + result.models().get(model);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    private static String shown(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    private static String shown(List<Double> values) {
        return String.join(", ", values.stream().map(DawinPage::shown).toList());
    }
}
