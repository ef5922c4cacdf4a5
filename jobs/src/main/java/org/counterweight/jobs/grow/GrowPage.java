package org.counterweight.jobs.grow;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.counterweight.config.Configs;
import org.counterweight.jobs.JobPage;
import org.counterweight.report.Page;
import org.counterweight.weights.ledger.Ledger;
import tools.jackson.databind.node.ObjectNode;

/** The page that shows how a served classifier grew. */
final class GrowPage {
    private GrowPage() {}

    /**
     * @param kept rows that lie beside the model now
     * @param question how the model is asked
     */
    static Page of(Path output, GrownReport report, int kept, String question, ObjectNode settings, Ledger ledger) {
        return new JobPage(String.valueOf(output.getFileName()), lead(report, kept), Configs.yaml(settings), ledger)
                .of(
                        figures(report, kept),
                        "How it grew",
                        List.of(),
                        sheets(report),
                        JobPage.facts(ledger),
                        List.of(
                                new Page.Next("./cw predict " + output + " " + question, "asks the grown model"),
                                new Page.Next("./cw grow " + output + " --data MORE --output OUT", "adds more classes"),
                                new Page.Next(
                                        "./cw explain weight_aligning",
                                        "the method: its paper, formula and settings")));
    }

    private static String lead(GrownReport report, int kept) {
        Double gamma = report.gamma();
        Double unclamped = report.unclamped();
        String aligned = gamma == null || unclamped == null
                ? ""
                : String.format(
                        Locale.ROOT,
                        " The rows of new classes were %.3f times as long as the old ones and were multiplied by %.3f.",
                        1 / unclamped,
                        gamma);
        return String.format(
                Locale.ROOT,
                "A classifier of %d classes learnt %d more (%s) from %,d rows, %,d of them kept from the old classes.%s"
                        + " %,d rows are kept beside it for the next time.",
                report.known().size(),
                report.added().size(),
                String.join(", ", report.added()),
                report.rows(),
                report.remembered(),
                aligned,
                kept);
    }

    private static List<Page.Figure> figures(GrownReport report, int kept) {
        var figures = new ArrayList<Page.Figure>();
        figures.add(new Page.Figure(
                "Classes",
                String.valueOf(report.known().size() + report.added().size()),
                report.known().size() + " before"));
        if (!report.accuracy().isEmpty()) {
            GrownReport.Accuracy written =
                    report.accuracy().get(report.accuracy().size() - 1);
            figures.add(new Page.Figure(
                    "Accuracy",
                    percent(written.all()) + " %",
                    "old classes " + percent(written.old()) + ", new " + percent(written.young())));
        }
        if (report.gamma() != null) {
            figures.add(new Page.Figure(
                    "Gamma",
                    String.format(Locale.ROOT, "%.3f", report.gamma()),
                    report.gamma().equals(report.unclamped())
                            ? "old length over new"
                            : String.format(Locale.ROOT, "kept at 1; unclamped %.3f", report.unclamped())));
        }
        figures.add(new Page.Figure("Kept", String.valueOf(kept), report.quota() + " rows of a class"));
        return figures;
    }

    private static List<Page.Sheet> sheets(GrownReport report) {
        if (report.accuracy().isEmpty()) {
            return List.of();
        }
        List<List<String>> rows = report.accuracy().stream()
                .map(line -> List.of(line.head(), percent(line.all()), percent(line.old()), percent(line.young())))
                .toList();
        return Stream.of(new Page.Sheet(
                        "Old classes and new ones",
                        "Percent of the rows to judge by that are right: with the model deployed before, with the head as trained, and with the head as written.",
                        List.of("head", "all", "old classes", "new classes"),
                        rows,
                        rows.size() - 1))
                .toList();
    }

    static String percent(double share) {
        return Double.isNaN(share) ? "–" : String.format(Locale.ROOT, "%.1f", 100 * share);
    }
}
