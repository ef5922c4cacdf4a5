package org.counterweight.jobs.merge;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.counterweight.config.Configs;
import org.counterweight.jobs.JobPage;
import org.counterweight.merge.update.AlphaSweep;
import org.counterweight.merge.update.BcwiReport;
import org.counterweight.merge.update.Flips;
import org.counterweight.report.Chart;
import org.counterweight.report.Page;
import org.counterweight.weights.ledger.Ledger;

/** The page that shows an update: what each share of the old model costs and saves, and which was chosen. */
final class UpdatePage {
    private UpdatePage() {}

    static Page of(Path output, BcwiReport report, Ledger ledger) {
        AlphaSweep sweep = report.sweep();
        AlphaSweep.Row chosen = sweep.rows().get(sweep.choice().index());
        return new JobPage(
                        String.valueOf(output.getFileName()),
                        lead(report, chosen),
                        Configs.yaml(Configs.tree(report.config())),
                        ledger)
                .of(
                        figures(report, chosen),
                        "Accuracy against negative flips",
                        List.of(tradeoff(sweep, chosen), overShares(sweep)),
                        List.of(sheet(sweep)),
                        facts(sweep, ledger),
                        List.of(
                                new Page.Next("./cw predict " + output + " --text \"…\"", "asks the updated model"),
                                new Page.Next("./cw verify " + output, "rehashes what it was made from"),
                                new Page.Next("./cw explain bcwi", "the method: its paper, formula and settings")));
    }

    private static String lead(BcwiReport report, AlphaSweep.Row chosen) {
        AlphaSweep sweep = report.sweep();
        var text = new StringBuilder(String.format(
                Locale.ROOT,
                "With a share of %s of the old model, %.1f %% of the dev set are right (new model %.1f %%, old %.1f"
                        + " %%), and %.2f %% were right before and are wrong now.",
                chosen.alpha(),
                chosen.flips().accNew(),
                sweep.barrier().accNew(),
                sweep.barrier().accOld(),
                chosen.flips().nfr()));
        report.chosen()
                .forEach((set, flips) -> text.append(String.format(
                        Locale.ROOT,
                        " On %s rows it is %.1f %% right, with %.2f %% of negative flips.",
                        set,
                        flips.accNew(),
                        flips.nfr())));
        if (!sweep.choice().feasible()) {
            text.append(" No share met the constraint; the smallest was taken.");
        }
        return text.toString();
    }

    private static List<Page.Figure> figures(BcwiReport report, AlphaSweep.Row chosen) {
        Flips flips = chosen.flips();
        AlphaSweep.Row least = report.sweep().rows().get(0);
        return List.of(
                new Page.Figure(
                        "Share of the old model", String.valueOf(chosen.alpha()), "0 is the new model, 1 the old one"),
                new Page.Figure(
                        "Accuracy",
                        percent(flips.accNew()),
                        "95 % in "
                                + interval(
                                        chosen.accuracy().low(),
                                        chosen.accuracy().high())),
                new Page.Figure(
                        "Negative flips",
                        percent(flips.nfr()),
                        "right before, wrong now; " + percent(least.flips().nfr()) + " at a share of " + least.alpha()),
                new Page.Figure("Positive flips", percent(flips.pfr()), "wrong before, right now"));
    }

    private static Chart tradeoff(AlphaSweep sweep, AlphaSweep.Row chosen) {
        List<AlphaSweep.Row> rows = frontier(sweep.rows());
        return Chart.ofFigures(
                "Accuracy against negative flips",
                "The shares of the old model that no other beats in both, " + rows.size() + " of "
                        + sweep.rows().size() + ": right is more flips, up is more accurate. In % of the dev set.",
                "negative flip rate, %",
                List.of(
                        new Chart.Series("frontier", each(rows, UpdatePage::nfr), each(rows, UpdatePage::accuracy)),
                        new Chart.Series("chosen", new double[] {nfr(chosen)}, new double[] {accuracy(chosen)})),
                List.of(new Chart.Reference("new model", sweep.barrier().accNew())));
    }

    /** From the fewest flips on, each more accurate than all before it. */
    private static List<AlphaSweep.Row> frontier(List<AlphaSweep.Row> rows) {
        var best = new ArrayList<AlphaSweep.Row>();
        rows.stream()
                .sorted(Comparator.comparingDouble(UpdatePage::nfr)
                        .thenComparing(
                                Comparator.comparingDouble(UpdatePage::accuracy).reversed()))
                .filter(row -> best.isEmpty() || accuracy(row) > accuracy(best.get(best.size() - 1)))
                .forEach(best::add);
        return best;
    }

    private static Chart overShares(AlphaSweep sweep) {
        double[] alphas = each(sweep.rows(), AlphaSweep.Row::alpha);
        return Chart.ofFigures(
                "Negative flips by share",
                "How many of the dev set were right before and are wrong now, in %, with the ends of the 95 %"
                        + " interval.",
                "share of the old model",
                List.of(
                        new Chart.Series("rate", alphas, each(sweep.rows(), UpdatePage::nfr)),
                        new Chart.Series(
                                "low",
                                alphas,
                                each(sweep.rows(), row -> row.nfr().low()),
                                Chart.Form.DASHED),
                        new Chart.Series(
                                "high",
                                alphas,
                                each(sweep.rows(), row -> row.nfr().high()),
                                Chart.Form.DASHED)),
                List.of());
    }

    private static double nfr(AlphaSweep.Row row) {
        return row.flips().nfr();
    }

    private static double accuracy(AlphaSweep.Row row) {
        return row.flips().accNew();
    }

    private static double[] each(List<AlphaSweep.Row> rows, ToDoubleFunction<AlphaSweep.Row> figure) {
        return rows.stream().mapToDouble(figure).toArray();
    }

    private static Page.Sheet sheet(AlphaSweep sweep) {
        return new Page.Sheet(
                "Share by share",
                "On the dev set, with 95 % intervals by bootstrap. The chosen row is marked; distance is ‖θ − θ_old‖.",
                List.of("Share of old", "Accuracy", "95 %", "Negative flips", "95 %", "of errors", "Distance"),
                sweep.rows().stream()
                        .map(row -> List.of(
                                String.valueOf(row.alpha()),
                                percent(row.flips().accNew()),
                                interval(row.accuracy().low(), row.accuracy().high()),
                                percent(row.flips().nfr()),
                                interval(row.nfr().low(), row.nfr().high()),
                                percent(row.flips().nfi()),
                                String.format(Locale.ROOT, "%.3f", row.distance())))
                        .toList(),
                sweep.choice().index());
    }

    private static List<Page.Fact> facts(AlphaSweep sweep, Ledger ledger) {
        var facts = new ArrayList<Page.Fact>();
        sweep.warnings().forEach(warning -> facts.add(new Page.Fact("warning", warning)));
        facts.add(new Page.Fact(
                "half-way",
                String.format(
                        Locale.ROOT,
                        "%.1f %% right on the dev set, %s",
                        sweep.barrier().accMiddle(),
                        sweep.barrier().warning().isPresent()
                                ? "far below both ends"
                                : "no barrier between the models")));
        facts.add(new Page.Fact("made by", ledger.madeBy()));
        facts.add(new Page.Fact("seed", String.valueOf(ledger.seed())));
        return facts;
    }

    private static String percent(double value) {
        return String.format(Locale.ROOT, "%.2f %%", value);
    }

    private static String interval(double low, double high) {
        return String.format(Locale.ROOT, "%.2f – %.2f", low, high);
    }
}
