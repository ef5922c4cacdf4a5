package org.counterweight.jobs.compare;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import org.counterweight.jobs.findings.Shown;
import org.counterweight.report.Chart;
import org.counterweight.report.Page;
import org.counterweight.report.Text;

/** Runs side by side: on a page, and as a table on the terminal. */
public final class ComparisonPage {
    /** As many curves as can be told apart. */
    private static final int MOST_CURVES = 6;

    private ComparisonPage() {}

    /** @param directory in which the runs lie */
    public static Page of(Path directory, Comparison comparison) {
        return new Page(
                comparison.runs().size() + " runs of "
                        + directory.toAbsolutePath().normalize().getFileName(),
                lead(comparison),
                List.of(),
                "How they went",
                charts(comparison),
                List.of(new Page.Sheet(
                        "Settings and figures",
                        "Only settings in which runs differ; figures are of the rows to judge by. The best stands first.",
                        columns(comparison),
                        rows(comparison),
                        0)),
                null,
                List.of(),
                "",
                List.of(),
                List.of(),
                "",
                List.of(),
                List.of(new Page.Fact("directory", directory.toString())),
                List.of());
    }

    private static String lead(Comparison comparison) {
        FinishedRun best = comparison.runs().get(0);
        return "By " + Shown.title(comparison.by()).toLowerCase(Locale.ROOT) + " the best is " + best.name() + ": "
                + figure(best, comparison.by())
                + ". One run each says nothing of chance: run the best again with another seed.";
    }

    private static List<Chart> charts(Comparison comparison) {
        var charts = new ArrayList<Chart>();
        for (String figure : new LinkedHashSet<>(List.of(comparison.by(), "loss"))) {
            List<Chart.Series> curves = comparison.runs().stream()
                    .limit(MOST_CURVES)
                    .map(run -> run.history().held(run.name(), figure))
                    .filter(curve -> curve.x().length > 0)
                    .toList();
            if (!curves.isEmpty()) {
                charts.add(Chart.of(
                        Shown.title(figure),
                        "On the rows held out to choose by, of the best " + curves.size() + " runs.",
                        "steps",
                        curves,
                        List.of()));
            }
        }
        return charts;
    }

    /** What stands in each column of {@link #rows}. */
    public static List<String> columns(Comparison comparison) {
        var columns = new ArrayList<>(List.of("run"));
        columns.addAll(comparison.differing());
        columns.addAll(comparison.figures());
        columns.add("trained");
        columns.add("time");
        return columns;
    }

    /** A row a run, the best first. */
    public static List<List<String>> rows(Comparison comparison) {
        List<String> settings = comparison.differing();
        List<String> figures = comparison.figures();
        return comparison.runs().stream()
                .map(run -> {
                    var cells = new ArrayList<>(List.of(run.name()));
                    settings.forEach(path -> cells.add(Comparison.setting(run, path)));
                    figures.forEach(name -> cells.add(figure(run, name)));
                    cells.add(String.format(Locale.ROOT, "%,d", run.trained()));
                    cells.add(Text.duration(run.seconds()));
                    return List.<String>copyOf(cells);
                })
                .toList();
    }

    private static String figure(FinishedRun run, String name) {
        Double value = run.figures().get(name);
        return value == null ? "" : Shown.of(name, value);
    }
}
