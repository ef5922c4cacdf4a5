package org.counterweight.jobs.evaluate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.counterweight.jobs.findings.FigureFormat;
import org.counterweight.report.ConfusionPlot;
import org.counterweight.report.Page;
import org.counterweight.train.measure.Confusion;
import org.counterweight.train.measure.uncertainty.Interval;
import org.jspecify.annotations.Nullable;

/** The page that shows how a model was judged. */
public final class EvaluationPage {
    private EvaluationPage() {}

    public static Page of(Evaluated evaluated) {
        Confusion confusion = evaluated.judged().confusion();
        return Page.builder("How well " + name(evaluated.model()) + " answers", lead(evaluated))
                .figures(figures(evaluated))
                .charts("Can its probabilities be trusted?", JudgedPictures.calibration(evaluated.judged()))
                .sheets(sheets(evaluated))
                .classes(
                        confusion == null ? null : ConfusionPlot.of(confusion.labels(), confusion.counts()),
                        evaluated.judged().perClass().stream()
                                .filter(row -> row.support() > 0)
                                .map(row -> new Page.ClassRow(
                                        row.label(), row.support(), row.precision(), row.recall(), row.f1()))
                                .toList())
                .facts(List.of(
                        new Page.Fact("model", evaluated.model().toString()),
                        new Page.Fact("rows of", evaluated.input().toString())))
                .build();
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
                        "Of %,d rows of %s%s: %s %s",
                        whole.rows(),
                        evaluated.input().getFileName(),
                        whole.weighed(),
                        FigureFormat.words(chief.getKey()),
                        FigureFormat.of(chief.getKey(), chief.getValue()))
                + (baseline == null
                        ? "."
                        : ", where the same answer to all of them has " + FigureFormat.of(chief.getKey(), baseline)
                                + ".");
    }

    private static List<Page.Figure> figures(Evaluated evaluated) {
        var whole = evaluated.whole();
        return whole.figures().entrySet().stream()
                .map(figure -> new Page.Figure(
                        FigureFormat.title(figure.getKey()),
                        FigureFormat.of(figure.getKey(), figure.getValue()),
                        note(figure.getKey(), whole.intervals().get(figure.getKey()))))
                .toList();
    }

    private static String note(String figure, @Nullable Interval interval) {
        return interval == null
                ? ""
                : "from " + FigureFormat.of(figure, interval.low()) + " to " + FigureFormat.of(figure, interval.high());
    }

    private static List<Page.Sheet> sheets(Evaluated evaluated) {
        var sheets = new ArrayList<Page.Sheet>();
        if (!evaluated.groups().isEmpty()) {
            sheets.add(groups(evaluated));
        }
        sheets.add(JudgedPictures.mistakes(evaluated.judged(), evaluated.lines()));
        return sheets;
    }

    private static Page.Sheet groups(Evaluated evaluated) {
        List<String> names = List.copyOf(evaluated.whole().figures().keySet());
        var columns = new ArrayList<>(List.of("group", "rows"));
        columns.addAll(names.stream().map(FigureFormat::title).toList());
        List<List<String>> rows = evaluated.groups().stream()
                .map(part -> {
                    var cells = new ArrayList<>(List.of(part.name(), String.valueOf(part.rows())));
                    names.forEach(name -> cells.add(cell(part, name)));
                    return List.<String>copyOf(cells);
                })
                .toList();
        return new Page.Sheet(
                "By group",
                "Each figure with its interval; nothing can be said about fewer than ten rows.",
                columns,
                rows,
                -1);
    }

    /** A figure with its interval, or why there is none. */
    static String cell(Evaluated.Part part, String name) {
        Interval interval = part.intervals().get(name);
        String value = FigureFormat.of(name, part.figures().getOrDefault(name, Double.NaN));
        return interval == null
                ? value
                : value + " [" + FigureFormat.of(name, interval.low()) + ", " + FigureFormat.of(name, interval.high())
                        + "]";
    }
}
