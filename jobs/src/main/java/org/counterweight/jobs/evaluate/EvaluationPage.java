package org.counterweight.jobs.evaluate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.counterweight.jobs.findings.Shown;
import org.counterweight.report.Chart;
import org.counterweight.report.ConfusionPlot;
import org.counterweight.report.Page;
import org.counterweight.train.measure.Confusion;
import org.counterweight.train.measure.uncertainty.Calibration;
import org.counterweight.train.measure.uncertainty.Interval;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The page that tells how a model was judged. */
public final class EvaluationPage {
    private static final int WORST = 20;
    private static final int MOST_LETTERS = 300;

    private EvaluationPage() {}

    public static Page of(Evaluated evaluated) {
        Confusion confusion = evaluated.judged().confusion();
        return new Page(
                "How well " + name(evaluated.model()) + " answers",
                lead(evaluated),
                figures(evaluated),
                "Can its probabilities be trusted?",
                charts(evaluated.judged().calibration()),
                sheets(evaluated),
                confusion == null ? null : ConfusionPlot.of(confusion.labels(), confusion.counts()),
                evaluated.judged().perClass().stream()
                        .filter(row -> row.support() > 0)
                        .map(row ->
                                new Page.ClassRow(row.label(), row.support(), row.precision(), row.recall(), row.f1()))
                        .toList(),
                "",
                List.of(),
                List.of(),
                "",
                List.of(),
                List.of(
                        new Page.Fact("model", evaluated.model().toString()),
                        new Page.Fact("rows of", evaluated.input().toString())),
                List.of());
    }

    /** The last two names of its path: a run's model is called merged, as all are. */
    private static Path name(Path model) {
        int names = model.getNameCount();
        return names == 0 ? model : model.subpath(Math.max(0, names - 2), names);
    }

    private static String lead(Evaluated evaluated) {
        var whole = evaluated.whole();
        Map.Entry<String, Double> chief = whole.figures().entrySet().iterator().next();
        Double baseline = evaluated.judged().baseline().get(chief.getKey());
        return String.format(
                        Locale.ROOT,
                        "Of %,d rows of %s: %s %s",
                        whole.rows(),
                        evaluated.input().getFileName(),
                        Shown.title(chief.getKey()).toLowerCase(Locale.ROOT),
                        Shown.of(chief.getKey(), chief.getValue()))
                + (baseline == null
                        ? "."
                        : ", where the same answer to all of them has " + Shown.of(chief.getKey(), baseline) + ".");
    }

    private static List<Page.Figure> figures(Evaluated evaluated) {
        var whole = evaluated.whole();
        return whole.figures().entrySet().stream()
                .map(figure -> new Page.Figure(
                        Shown.title(figure.getKey()),
                        Shown.of(figure.getKey(), figure.getValue()),
                        note(figure.getKey(), whole.intervals().get(figure.getKey()))))
                .toList();
    }

    private static String note(String figure, @Nullable Interval interval) {
        return interval == null
                ? ""
                : "from " + Shown.of(figure, interval.low()) + " to " + Shown.of(figure, interval.high());
    }

    private static List<Chart> charts(@Nullable Calibration calibration) {
        if (calibration == null) {
            return List.of();
        }
        double[][] points = Stream.of(calibration.bins().stream()
                        .filter(bin -> bin.rows() > 0)
                        .toList())
                .flatMap(bins -> Stream.of(
                        bins.stream().mapToDouble(Calibration.Bin::confidence).toArray(),
                        bins.stream().mapToDouble(Calibration.Bin::accuracy).toArray()))
                .toArray(double[][]::new);
        return List.of(Chart.ofFigures(
                "How often answers of a probability are right",
                "Below the straight line the model is too sure of itself, above it not sure enough.",
                "probability of the answer",
                List.of(
                        new Chart.Series("share that is right", points[0], points[1], false),
                        new Chart.Series("as it should be", new double[] {0, 1}, new double[] {0, 1}, true)),
                List.of()));
    }

    private static List<Page.Sheet> sheets(Evaluated evaluated) {
        var sheets = new ArrayList<Page.Sheet>();
        if (!evaluated.groups().isEmpty()) {
            sheets.add(groups(evaluated));
        }
        sheets.add(worst(evaluated));
        return sheets;
    }

    private static Page.Sheet groups(Evaluated evaluated) {
        List<String> names = List.copyOf(evaluated.whole().figures().keySet());
        var columns = new ArrayList<>(List.of("group", "rows"));
        columns.addAll(names.stream().map(Shown::title).toList());
        List<List<String>> rows = evaluated.groups().stream()
                .map(part -> {
                    var cells = new ArrayList<>(List.of(part.name(), String.valueOf(part.rows())));
                    names.forEach(name -> cells.add(cell(part, name)));
                    return List.<String>copyOf(cells);
                })
                .toList();
        return new Page.Sheet(
                "By group",
                "Each figure with where it lies; of fewer than ten rows nothing can be said.",
                columns,
                rows,
                -1);
    }

    /** A figure with its interval, or why there is none. */
    static String cell(Evaluated.Part part, String name) {
        Interval interval = part.intervals().get(name);
        String value = Shown.of(name, part.figures().getOrDefault(name, Double.NaN));
        return interval == null
                ? value
                : value + " [" + Shown.of(name, interval.low()) + ", " + Shown.of(name, interval.high()) + "]";
    }

    private static Page.Sheet worst(Evaluated evaluated) {
        List<List<String>> rows = evaluated.worst(WORST).stream()
                .map(row -> List.of(
                        asked(evaluated.lines().get(row)),
                        evaluated.judged().truth(row),
                        evaluated.judged().told(row),
                        String.format(Locale.ROOT, "%.3f", evaluated.judged().loss(row))))
                .toList();
        return new Page.Sheet(
                "Where it errs most",
                "The rows that cost most, the worst first: a wrong class here may be a wrong label in the file.",
                List.of("row", "truth", "told", "loss"),
                rows,
                -1);
    }

    private static String asked(ObjectNode line) {
        String shown = Stream.of("text", "image", "id", "row")
                .map(key -> line.path(key).asString(""))
                .filter(value -> !value.isEmpty())
                .findFirst()
                .orElse("");
        String pair = line.path("pair").asString("");
        shown = pair.isEmpty() ? shown : shown + " | " + pair;
        return shown.length() <= MOST_LETTERS ? shown : shown.substring(0, MOST_LETTERS) + " …";
    }
}
