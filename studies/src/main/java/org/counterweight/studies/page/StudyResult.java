package org.counterweight.studies.page;

import java.util.ArrayList;
import java.util.List;
import org.counterweight.engine.Engine;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.arm.Arm;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Run;
import org.counterweight.studies.plan.arm.Runs;
import org.counterweight.studies.plan.arm.Spread;
import org.counterweight.studies.plan.rule.Claim;
import org.counterweight.studies.plan.rule.Rule;
import org.counterweight.studies.plan.rule.Verdict;
import org.counterweight.studies.plan.shown.Table;
import org.jspecify.annotations.Nullable;

/**
 * A study after it ran: what was planned, what was measured, and what the rules say. Written as {@code results.json}; the
 * gallery is made from nothing else.
 *
 * @param complete whether it ran in full size with all the seeds of its plan; if not, it decides nothing
 * @param seconds of all runs together, what the arms of a seed share included
 */
public record StudyResult(
        String slug,
        String title,
        String method,
        String paper,
        String says,
        String data,
        String setup,
        List<String> limits,
        boolean complete,
        int seeds,
        @Nullable String tunedBy,
        List<Outcome> claims,
        List<Sheet> tables,
        List<Picture> figures,
        Machine machine,
        double seconds,
        List<Run> runs) {

    /** A claim, decided. */
    public record Outcome(String claim, String rule, Verdict verdict, String figures) {}

    /** A table, filled in. */
    public record Sheet(String title, List<String> head, List<List<String>> rows) {
        /** As Markdown, columns padded to their widest cell; reads well on a terminal too. */
        public String text() {
            int[] widths = new int[head.size()];
            for (int c = 0; c < widths.length; c++) {
                widths[c] = head.get(c).length();
                for (List<String> row : rows) {
                    widths[c] = Math.max(widths[c], row.get(c).length());
                }
            }
            var text = new StringBuilder();
            line(text, head, widths);
            text.append("|");
            for (int width : widths) {
                text.append("-".repeat(width + 2)).append("|");
            }
            text.append("\n");
            rows.forEach(row -> line(text, row, widths));
            return text.toString();
        }

        private static void line(StringBuilder text, List<String> cells, int... widths) {
            text.append("|");
            for (int c = 0; c < widths.length; c++) {
                String cell = cells.get(c);
                text.append(" ")
                        .append(cell)
                        .append(" ".repeat(widths[c] - cell.length()))
                        .append(" |");
            }
            text.append("\n");
        }
    }

    /** A figure's file, in the directory of the report. */
    public record Picture(String file, String title) {}

    /** Where it ran: times depend on it, and the last digits of figures may. */
    public record Machine(String os, String arch, String java, int threads) {
        static Machine here() {
            return new Machine(
                    System.getProperty("os.name"),
                    System.getProperty("os.arch"),
                    System.getProperty("java.version"),
                    Engine.threads());
        }
    }

    public static StudyResult of(Plan plan, Runs runs, int seeds, boolean complete, double seconds) {
        return new StudyResult(
                plan.slug(),
                plan.title(),
                plan.method(),
                plan.paper(),
                plan.says(),
                plan.data(),
                plan.setup(),
                plan.limits(),
                complete,
                seeds,
                plan.tuning() == null ? null : plan.tuning().metric().title(),
                plan.claims().stream()
                        .map(claim -> decide(claim, runs, complete))
                        .toList(),
                plan.tables().stream().map(table -> fill(table, runs)).toList(),
                plan.figures().stream()
                        .map(figure -> new Picture(figure.name() + ".svg", figure.title()))
                        .toList(),
                Machine.here(),
                seconds,
                runs.all());
    }

    private static Outcome decide(Claim claim, Runs runs, boolean complete) {
        Rule.Judgement judgement = claim.rule().judge(runs);
        return new Outcome(
                claim.text(),
                claim.rule().text(),
                complete ? judgement.verdict() : Verdict.NOT_DECIDED,
                judgement.figures());
    }

    private static Sheet fill(Table table, Runs runs) {
        var head = new ArrayList<String>(List.of("method", "setting"));
        table.columns().forEach(metric -> head.add(metric.title()));
        var rows = new ArrayList<List<String>>();
        for (Pick pick : table.rows()) {
            Arm arm = runs.arm(pick);
            var row = new ArrayList<String>(List.of(arm.method(), arm.setting()));
            for (Metric metric : table.columns()) {
                row.add(runs.has(arm, metric) ? cell(metric, runs.values(arm, metric)) : "–");
            }
            rows.add(List.copyOf(row));
        }
        return new Sheet(table.title(), List.copyOf(head), List.copyOf(rows));
    }

    /** Mean ± deviation; or in how many seeds the run diverged, since a mean over the others would flatter it. */
    private static String cell(Metric metric, List<Double> values) {
        long diverged = values.stream().filter(v -> !Double.isFinite(v)).count();
        if (diverged > 0) {
            return "diverged in " + diverged + " of " + values.size();
        }
        Spread spread = Spread.of(values);
        return spread.deviation() == 0
                ? metric.format(spread.mean())
                : metric.format(spread.mean()) + " ± " + metric.format(spread.deviation());
    }

    /** How many claims got that verdict. */
    public long count(Verdict verdict) {
        return claims.stream().filter(outcome -> outcome.verdict() == verdict).count();
    }

    /** {@code 3 held, 1 not held}. */
    public String verdicts() {
        var parts = new ArrayList<String>();
        for (Verdict verdict : Verdict.values()) {
            if (count(verdict) > 0) {
                parts.add(count(verdict) + " " + verdict.words());
            }
        }
        return String.join(", ", parts);
    }

    /** The line that says that these figures are no study; empty if they are. */
    public String warning() {
        return complete
                ? ""
                : "This is not the study: it ran in reduced size or with fewer seeds than planned, and decides nothing.";
    }
}
