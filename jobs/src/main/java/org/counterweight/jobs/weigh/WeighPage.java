package org.counterweight.jobs.weigh;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import org.counterweight.config.Configs;
import org.counterweight.report.Chart;
import org.counterweight.report.LovePlot;
import org.counterweight.report.Page;
import org.counterweight.report.Text;
import org.counterweight.report.WeighingPage;
import org.counterweight.shift.Findings;
import org.counterweight.shift.measure.Balance;
import org.counterweight.shift.measure.WeightHistogram;
import org.counterweight.train.part.Section;

/** The page that shows how weights are spread, what they leave of the data, and what they make alike. */
final class WeighPage {
    private WeighPage() {}

    static WeighingPage of(Path output, WeighResult result) {
        Findings findings = result.findings();
        var page = Page.builder(String.valueOf(output.getFileName()), lead(result))
                .figures(figures(result))
                .charts("Weights", charts(result))
                .recipe(Configs.yaml(result.recipe().tree()))
                .inputs(result.ledger().inputs().stream()
                        .map(input -> new Page.Fact(input.name(), input.sha256()))
                        .toList())
                .facts(facts(result))
                .next(next(output, result))
                .build();
        var sheets = new ArrayList<Page.Sheet>();
        if (!result.remarks().isEmpty()) { // first, for they say what the letters of the other tables stand for
            sheets.add(new Page.Sheet(
                    "The data",
                    "What was noticed while reading.",
                    List.of("remark"),
                    result.remarks().stream().map(List::of).toList(),
                    -1));
        }
        findings.tables()
                .forEach(table ->
                        sheets.add(new Page.Sheet(table.title(), table.note(), table.columns(), table.rows(), -1)));
        sheets.add(spreads(result));
        return new WeighingPage(
                page,
                result.warnings(),
                findings.withheld(),
                result.balance().features().isEmpty() ? null : love(result.balance()),
                sheets);
    }

    private static String lead(WeighResult result) {
        String rows = String.format(Locale.ROOT, "%,d rows were weighed. ", result.rows());
        String kept =
                result.kept() < result.rows() ? String.format(Locale.ROOT, "%,d rows are kept. ", result.kept()) : "";
        return rows + kept + result.findings().lead();
    }

    private static List<Page.Figure> figures(WeighResult result) {
        var figures = new ArrayList<Page.Figure>();
        result.spreads()
                .forEach((name, spread) -> figures.add(new Page.Figure(
                        "Effective rows, " + name,
                        String.format(Locale.ROOT, "%,.0f", spread.effective()),
                        String.format(
                                Locale.ROOT,
                                "of %,d: %.0f %%",
                                spread.count(),
                                100 * spread.effective() / spread.count()))));
        if (!result.balance().features().isEmpty()) {
            figures.add(new Page.Figure(
                    "Largest difference of a feature",
                    String.format(Locale.ROOT, "%.3f", result.balance().worstAfter()),
                    String.format(
                            Locale.ROOT,
                            "standard deviations; %.3f without weights",
                            result.balance().worstBefore())));
        }
        result.findings().figures().forEach((name, value) -> {
            if (figures.size() < 8) {
                figures.add(new Page.Figure(name, shown(value), ""));
            }
        });
        return figures;
    }

    private static List<Chart> charts(WeighResult result) {
        var charts = new ArrayList<Chart>();
        result.spreads()
                .forEach((name, spread) -> charts.add(Chart.ofFigures(
                        "How " + name + " is spread",
                        "The share of rows with at most this weight, in steps of a quarter of a doubling"
                                + (spread.zeros() > 0
                                        ? String.format(Locale.ROOT, "; %,d rows have none.", spread.zeros())
                                        : "."),
                        name,
                        List.of(atMost(spread)),
                        List.of())));
        for (Findings.Picture picture : result.findings().pictures()) {
            Section.Curves curves = picture.curves();
            charts.add(Chart.ofFigures(
                    curves.title(),
                    curves.text(),
                    picture.x(),
                    curves.curves().stream()
                            .map(curve -> new Chart.Series(
                                    curve.name(),
                                    curve.steps(),
                                    curve.values(),
                                    curve.points() ? Chart.Form.POINTS : Chart.Form.DASHED))
                            .toList(),
                    List.of()));
        }
        return charts;
    }

    /** From the rows without weight up to all rows. */
    private static Chart.Series atMost(WeightHistogram spread) {
        long[] bins = spread.bins();
        var x = DoubleStream.builder().add(0);
        var y = DoubleStream.builder().add((double) spread.zeros() / spread.count());
        long sum = spread.zeros();
        for (int bin = 0; bin < bins.length; bin++) {
            if (bins[bin] > 0) {
                sum += bins[bin];
                x.add(sum == spread.count() ? spread.most() : WeightHistogram.end(bin));
                y.add((double) sum / spread.count());
            }
        }
        return new Chart.Series(
                "share of the rows", x.build().toArray(), y.build().toArray());
    }

    private static LovePlot love(Balance balance) {
        String more = balance.features().size() > LovePlot.MOST
                ? " The " + LovePlot.MOST + " features furthest apart of "
                        + balance.features().size() + "."
                : "";
        return LovePlot.of(
                "How alike the samples are",
                "Each feature's means in the two samples that the weights are to make alike; below 0.1 is usually"
                        + " called balanced." + more,
                balance.features().stream()
                        .map(feature -> new LovePlot.Difference(feature.name(), feature.before(), feature.after()))
                        .toList());
    }

    private static Page.Sheet spreads(WeighResult result) {
        return new Page.Sheet(
                "The weights",
                "The effective number of rows is (sum w)^2 / sum w^2.",
                List.of("Weight", "Rows", "Without", "Least", "Mean", "Most", "Effective"),
                result.spreads().entrySet().stream()
                        .map(entry -> {
                            WeightHistogram spread = entry.getValue();
                            return List.of(
                                    entry.getKey(),
                                    String.format(Locale.ROOT, "%,d", spread.count()),
                                    String.format(Locale.ROOT, "%,d", spread.zeros()),
                                    shown(spread.least()),
                                    shown(spread.mean()),
                                    shown(spread.most()),
                                    String.format(Locale.ROOT, "%,.1f", spread.effective()));
                        })
                        .toList(),
                -1);
    }

    private static List<Page.Fact> facts(WeighResult result) {
        var facts = new ArrayList<Page.Fact>();
        result.findings().figures().forEach((name, value) -> facts.add(new Page.Fact(name, shown(value))));
        facts.add(new Page.Fact("made by", result.ledger().madeBy()));
        facts.add(new Page.Fact("seed", String.valueOf(result.ledger().seed())));
        return facts;
    }

    private static List<Page.Next> next(Path output, WeighResult result) {
        var next = new ArrayList<Page.Next>();
        String method = result.recipe().weigh().method().name();
        result.spreads().keySet().stream()
                .findFirst()
                .ifPresent(name -> next.add(new Page.Next(
                        "data: {train: " + output.resolve(result.files().get(0)) + ", columns: {weight: " + name
                                + "}}, weigh: {method: column}",
                        "in a recipe, cw run trains with the weights")));
        next.add(new Page.Next("./cw verify " + output, "rehashes what the weights were made from"));
        next.add(new Page.Next("./cw explain " + method, "the method: its paper, formula and settings"));
        return next;
    }

    private static String shown(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e12
                ? String.format(Locale.ROOT, "%,.0f", value)
                : Text.figure(value);
    }
}
