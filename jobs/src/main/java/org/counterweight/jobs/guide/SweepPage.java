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
        int count) {
    private static final List<String> COLUMNS =
            List.of("schedule", "Fréchet distance", "accuracy", "diversity", "precision", "recall", "evaluations");

    PicturePage page() {
        return new PicturePage(
                plain(),
                "What was drawn",
                "All from the same noise; each column is a class, the first on the left.",
                strips);
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
        return Page.builder(
                        "Shapes of guidance on " + run,
                        String.format(
                                Locale.ROOT,
                                "Nearest to the real images is %s, at a Fréchet distance of %.2f; unguided samples are"
                                        + " at %.2f.",
                                best.name(),
                                best.frechet(),
                                rows.get(0).frechet()))
                .figures(List.of(
                        new Page.Figure(
                                "Nearest",
                                best.name(),
                                String.format(
                                        Locale.ROOT,
                                        "the judge recognises the class of %.1f %%",
                                        100 * best.accuracy())),
                        new Page.Figure(
                                "Judge",
                                String.format(Locale.ROOT, "%.1f %%", 100 * judge),
                                "accuracy on the real images to judge by")))
                .sheets(List.of(new Page.Sheet(
                        "Figures",
                        count
                                + " images of each class, in the features of a classifier trained on the images of the run, compared with images that neither has seen. With few samples the Fréchet distance is too large, by the same amount in all lines. Precision"
                                + " and recall count 3 nearest neighbours.",
                        COLUMNS,
                        rows.stream().map(Row::cells).toList(),
                        rows.indexOf(best))))
                .recipe(Configs.yaml(settings()))
                .build();
    }
}
