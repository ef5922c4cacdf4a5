package org.counterweight.jobs.findings;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.counterweight.data.JsonLines;
import org.counterweight.report.Chart;
import tools.jackson.databind.node.ObjectNode;

/** How a run went, read from its {@code metrics.jsonl}: of a resumed run, the part before the break too. */
public record RunHistory(List<ObjectNode> steps, List<ObjectNode> evaluations) {
    private static final int POINTS = 90;
    private static final String HELD = "On the rows held out to choose by, after each evaluation.";

    public static RunHistory read(Path metrics) {
        var steps = new ArrayList<ObjectNode>();
        var evaluations = new ArrayList<ObjectNode>();
        JsonLines.read(metrics, line -> {
            boolean isEvaluation = line.values().has("evaluation");
            (isEvaluation ? evaluations : steps).add(line.values());
        });
        return new RunHistory(steps, evaluations);
    }

    /** Seconds spent in steps. */
    public double seconds() {
        return steps.stream()
                .mapToDouble(step -> step.path("rows").asDouble()
                        / step.path("rows_per_second").asDouble())
                .sum();
    }

    public double rowsPerSecond() {
        return steps.stream().mapToDouble(step -> step.path("rows").asDouble()).sum() / seconds();
    }

    /** Mean share of a batch's rows that counted. */
    public double effectiveShare() {
        return steps.stream().mapToDouble(RunHistory::share).average().orElse(1);
    }

    /** The loss in training and on the rows to choose by. */
    public Chart loss(String caption) {
        return Chart.of(
                "Loss",
                caption,
                "steps",
                List.of(
                        Chart.smoothed("training", numbers(steps, "step"), numbers(steps, "mean_loss"), POINTS),
                        held("held out", "loss")),
                List.of());
    }

    /** Accuracy and macro-F1. */
    public Chart quality() {
        return Chart.of(
                "Accuracy and macro-F1",
                HELD,
                "steps",
                List.of(held("accuracy", "accuracy"), held("macro-F1", "macro_f1")),
                List.of());
    }

    /** One figure. */
    public Chart figure(String name) {
        return Chart.of(FigureFormat.title(name), HELD, "steps", List.of(held("held out", name)), List.of());
    }

    /** Several figures in one picture, by their names. */
    public Chart figures(String title, List<String> names) {
        return Chart.of(
                title,
                HELD,
                "steps",
                names.stream().map(name -> held(FigureFormat.title(name), name)).toList(),
                List.of());
    }

    /** Of a run that weighed its rows, how. */
    public List<Chart> weights() {
        double[] x = numbers(steps, "step");
        return List.of(
                Chart.of(
                        "Rows that count",
                        "Effective rows of a batch as a share of its rows: 1 where all weigh the same.",
                        "steps",
                        List.of(Chart.smoothed(
                                "effective rows",
                                x,
                                steps.stream().mapToDouble(RunHistory::share).toArray(),
                                POINTS)),
                        List.of()),
                Chart.of(
                        "The heaviest row",
                        "The weight of the heaviest row of a batch, as a multiple of the average.",
                        "steps",
                        List.of(Chart.smoothed("largest weight", x, numbers(steps, "largest_weight"), POINTS)),
                        List.of()));
    }

    private static double share(ObjectNode step) {
        return step.path("effective_rows").asDouble() / step.path("rows").asDouble();
    }

    /** A figure of the held-out rows to choose by, after each evaluation that has it. */
    public Chart.Series held(String name, String figure) {
        List<ObjectNode> those = evaluations.stream()
                .filter(line -> line.path("evaluation").has(figure))
                .toList();
        return new Chart.Series(
                name,
                numbers(those, "step"),
                those.stream()
                        .mapToDouble(
                                line -> line.path("evaluation").path(figure).asDouble())
                        .toArray());
    }

    private static double[] numbers(List<ObjectNode> lines, String key) {
        return lines.stream().mapToDouble(line -> line.path(key).asDouble()).toArray();
    }
}
