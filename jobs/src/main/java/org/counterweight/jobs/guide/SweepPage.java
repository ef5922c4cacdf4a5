package org.counterweight.jobs.guide;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.counterweight.config.Configs;
import org.counterweight.guide.GuidanceConfig;
import org.counterweight.guide.learn.DrawConfig;
import org.counterweight.jobs.guide.SweepJob.Row;
import org.counterweight.report.Page;
import org.counterweight.report.PicturePage;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The page of a sweep: a table of figures, and a few images of each line. */
record SweepPage(
        String run,
        DrawConfig draw,
        List<GuidanceConfig> schedules,
        List<Row> rows,
        List<PicturePage.Strip> strips,
        double judge,
        int count,
        List<Page.Fact> facts) {
    private static final List<String> COLUMNS =
            List.of("schedule", "Fréchet distance", "accuracy", "diversity", "precision", "recall", "evaluations");

    PicturePage page() {
        return new PicturePage(
                plain(),
                "What was drawn",
                "All from the same noise; each column is a class, number 0 on the left.",
                strips);
    }

    private String lead(Row best) {
        Row unguided = rows.get(0);
        return best == unguided
                ? String.format(
                        Locale.ROOT,
                        "No guidance brought the samples nearer to the real images: unguided ones are at a Fréchet"
                                + " distance of %.2f.",
                        unguided.frechet())
                : String.format(
                        Locale.ROOT,
                        "Nearest to the real images is %s, at a Fréchet distance of %.2f; unguided samples are at"
                                + " %.2f.",
                        best.name(),
                        best.frechet(),
                        unguided.frechet());
    }

    private ObjectNode settings() {
        ObjectNode settings = Configs.JSON.createObjectNode();
        settings.set("draw", Configs.tree(draw));
        ArrayNode list = settings.putArray("schedules");
        schedules.forEach(schedule -> list.add(Configs.tree(schedule)));
        return settings;
    }

    private Page plain() {
        Row best = rows.stream().min(Comparator.comparingDouble(Row::frechet)).orElseThrow();
        return Page.builder("Shapes of guidance on " + run, lead(best))
                .figures(List.of(
                        new Page.Figure(
                                "Nearest",
                                best.name(),
                                String.format(
                                        Locale.ROOT,
                                        "of these images the judge takes %.1f %% for the class asked for",
                                        100 * best.accuracy())),
                        new Page.Figure(
                                "Fréchet distance",
                                String.format(Locale.ROOT, "%.2f", best.frechet()),
                                String.format(
                                        Locale.ROOT,
                                        "unguided %.2f",
                                        rows.get(0).frechet())),
                        new Page.Figure(
                                "Judge",
                                String.format(Locale.ROOT, "%.1f %%", 100 * judge),
                                "accuracy on the real images to judge by")))
                .sheets(List.of(new Page.Sheet(
                        "Figures",
                        count
                                + " images of each class, in the features of a classifier, the judge, that learnt from the images of"
                                + " the run; compared with images that neither has seen. With few samples the Fréchet distance is too"
                                + " large, by about as much in all lines: differences of a few per cent say nothing. Accuracy is the"
                                + " share that the judge takes for the class asked for, diversity the mean deviation of the features;"
                                + " precision and recall count 3 nearest neighbours, evaluations the calls of the network for a batch.",
                        COLUMNS,
                        rows.stream().map(Row::cells).toList(),
                        rows.indexOf(best))))
                .recipe(Configs.yaml(settings()))
                .facts(facts)
                .build();
    }
}
