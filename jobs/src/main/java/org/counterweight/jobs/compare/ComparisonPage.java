package org.counterweight.jobs.compare;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.counterweight.jobs.findings.FigureFormat;
import org.counterweight.report.Chart;
import org.counterweight.report.Page;
import org.counterweight.report.Text;

/** Runs side by side: on a page, and as a table on the terminal; those of each task by themselves. */
public final class ComparisonPage {
    /** As many curves as can be told apart. */
    private static final int MOST_CURVES = 6;

    private ComparisonPage() {}

    /** @param directory in which the runs lie */
    public static Page of(Path directory, List<Comparison> tasks) {
        int runs = tasks.stream().mapToInt(task -> task.runs().size()).sum();
        return Page.builder(
                        (runs == 1 ? "One run in " : runs + " runs in ")
                                + directory.toAbsolutePath().normalize().getFileName(),
                        (tasks.size() == 1 ? lead(tasks.get(0)) : "The best run of each task comes first. ")
                                + "One run each says nothing about chance: repeat the best with another seed.")
                .figures(
                        tasks.size() == 1
                                ? List.of()
                                : tasks.stream().map(ComparisonPage::best).toList())
                .charts(
                        "How they went",
                        tasks.stream()
                                .flatMap(task -> charts(task, of(task, tasks)).stream())
                                .toList())
                .sheets(tasks.stream().map(task -> sheet(task, of(task, tasks))).toList())
                .facts(List.of(new Page.Fact("directory", directory.toString())))
                .build();
    }

    /** What tells a task's part of the page from the others'; empty where there is one task. */
    private static String of(Comparison task, List<Comparison> tasks) {
        return tasks.size() == 1 ? "" : " of " + task.task();
    }

    private static String lead(Comparison comparison) {
        FinishedRun best = comparison.runs().get(0);
        return "By " + FigureFormat.words(comparison.by()) + " the best is " + best.name() + ": "
                + figure(best, comparison.by()) + ". ";
    }

    /** A sentence for each of many tasks would be a paragraph that nobody reads. */
    private static Page.Figure best(Comparison comparison) {
        FinishedRun best = comparison.runs().get(0);
        int runs = comparison.runs().size();
        return new Page.Figure(
                comparison.task(),
                figure(best, comparison.by()),
                FigureFormat.title(comparison.by()) + ", " + best.name()
                        + (runs == 1 ? ", the only run" : ", the best of " + runs));
    }

    private static Page.Sheet sheet(Comparison comparison, String of) {
        return new Page.Sheet(
                "Settings and figures" + of,
                "Only settings in which runs differ; figures are for the rows to judge by. The best run comes first.",
                columns(comparison),
                rows(comparison),
                0);
    }

    private static List<Chart> charts(Comparison comparison, String of) {
        var charts = new ArrayList<Chart>();
        for (String figure : new LinkedHashSet<>(List.of(comparison.by(), "loss"))) {
            List<Chart.Series> curves = comparison.runs().stream()
                    .limit(MOST_CURVES)
                    .map(run -> run.history().held(run.name(), figure))
                    .filter(curve -> curve.x().length > 0)
                    .toList();
            if (!curves.isEmpty()) {
                charts.add(Chart.of(
                        FigureFormat.title(figure) + of,
                        curves.size() == 1
                                ? "On the rows held out to choose by."
                                : "On the rows held out to choose by, of the best " + curves.size() + " runs.",
                        "steps",
                        curves,
                        List.of()));
            }
        }
        return charts;
    }

    private static List<String> columns(Comparison comparison) {
        var columns = new ArrayList<>(List.of("run"));
        columns.addAll(comparison.differing());
        columns.addAll(comparison.figures());
        columns.addAll(List.of("trained", "time"));
        return columns;
    }

    private static List<List<String>> rows(Comparison comparison) {
        return comparison.runs().stream()
                .map(run -> {
                    var cells = new ArrayList<>(List.of(run.name()));
                    comparison.differing().forEach(path -> cells.add(Comparison.setting(run, path)));
                    cells.addAll(outcome(comparison, run));
                    return List.<String>copyOf(cells);
                })
                .toList();
    }

    /** The figures of a run, what was trained, and its time. */
    private static List<String> outcome(Comparison comparison, FinishedRun run) {
        var cells = new ArrayList<String>();
        comparison.figures().forEach(name -> cells.add(figure(run, name)));
        cells.add(String.format(Locale.ROOT, "%,d", run.trained()));
        cells.add(Text.duration(run.seconds()));
        return cells;
    }

    /** Lines for the terminal: of each run its figures, and below them the settings in which it differs. */
    public static List<String> lines(List<Comparison> tasks) {
        return tasks.stream()
                .flatMap(task -> Stream.concat(
                        tasks.size() == 1 ? Stream.of() : Stream.of("task: " + task.task()), lines(task).stream()))
                .toList();
    }

    private static List<String> lines(Comparison comparison) {
        var table = new ArrayList<List<String>>();
        var titles = new ArrayList<>(List.of("run"));
        titles.addAll(comparison.figures());
        titles.addAll(List.of("trained", "time"));
        table.add(titles);
        for (FinishedRun run : comparison.runs()) {
            var cells = new ArrayList<>(List.of(run.name()));
            cells.addAll(outcome(comparison, run));
            table.add(cells);
        }
        List<String> aligned = aligned(table);
        var lines = new ArrayList<>(List.of(aligned.get(0)));
        for (int i = 0; i < comparison.runs().size(); i++) {
            FinishedRun run = comparison.runs().get(i);
            lines.add(aligned.get(i + 1));
            String settings = comparison.differing().stream()
                    .filter(path -> !Comparison.setting(run, path).isEmpty())
                    .map(path -> path + "=" + Comparison.setting(run, path))
                    .collect(Collectors.joining(" "));
            if (!settings.isEmpty()) {
                lines.add("    " + settings);
            }
        }
        return lines;
    }

    /** Each column as wide as its widest cell. */
    private static List<String> aligned(List<List<String>> rows) {
        int[] widths = IntStream.range(0, rows.get(0).size())
                .map(c ->
                        rows.stream().mapToInt(row -> row.get(c).length()).max().orElse(0))
                .toArray();
        return rows.stream()
                .map(row -> IntStream.range(0, widths.length)
                        .mapToObj(c ->
                                row.get(c) + " ".repeat(widths[c] - row.get(c).length()))
                        .collect(Collectors.joining("  "))
                        .stripTrailing())
                .toList();
    }

    private static String figure(FinishedRun run, String name) {
        Double value = run.figures().get(name);
        return value == null ? "" : FigureFormat.of(name, value);
    }
}
