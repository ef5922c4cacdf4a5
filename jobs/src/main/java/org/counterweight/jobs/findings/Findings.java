package org.counterweight.jobs.findings;

import java.util.List;
import java.util.stream.Collectors;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.report.Chart;
import org.counterweight.report.ConfusionPlot;
import org.counterweight.report.Page;
import org.counterweight.train.part.RunPart;
import org.jspecify.annotations.Nullable;

/**
 * What a report says about the quality of a result.
 *
 * @param lead what was done and the result
 * @param quality the figures that it is judged by
 */
public record Findings(
        String lead,
        List<Page.Figure> quality,
        List<Chart> charts,
        @Nullable ConfusionPlot confusion,
        List<Page.ClassRow> classes) {
    public Findings {
        quality = List.copyOf(quality);
        charts = List.copyOf(charts);
        classes = List.copyOf(classes);
    }

    /** What was trained and how rows were weighed, to stand after "with". */
    public static String trainedWith(Recipe recipe) {
        return (recipe.adapter() == null
                        ? "all its weights"
                                + recipe.parts().stream()
                                        .map(RunPart::does)
                                        .filter(does -> !does.isEmpty())
                                        .map(does -> ", " + does)
                                        .collect(Collectors.joining())
                        : article(recipe.adapter().method().name()) + " adapter")
                + (recipe.weigh() == null
                        ? ""
                        : ", rows weighed by " + recipe.weigh().method().name().replace('_', ' '));
    }

    private static String article(String name) {
        return ("aeiou".indexOf(name.charAt(0)) < 0 ? "a " : "an ") + name;
    }
}
