package org.counterweight.jobs.findings;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.report.Chart;
import org.counterweight.report.Page;
import org.counterweight.train.measure.Evaluation;
import org.jspecify.annotations.Nullable;

/**
 * What a report says about a model that finds words.
 *
 * @param learnt what it did with the rows to learn from: {@code learnt from 7,695 rows of each 128 tokens}
 */
public record WordReport(Recipe recipe, String learnt) {
    public Findings findings(Outcome outcome, Prepared rows, RunHistory course) {
        Evaluation test = Objects.requireNonNull(outcome.test());
        Evaluation before =
                outcome.baseline() == null ? null : outcome.baseline().evaluation();
        var charts = new ArrayList<Chart>();
        charts.add(course.loss("Mean −log p of a token: of the rows trained on, and of those held out to choose by."));
        charts.add(course.figure("perplexity"));
        List<String> domains = rows.split().train().domains().stream()
                .map(name -> "loss_" + name)
                .filter(test.metrics()::containsKey)
                .toList();
        if (!domains.isEmpty()) {
            charts.add(course.figures("Loss by domain", domains));
        }
        if (recipe.weigh() != null) {
            charts.addAll(course.weights());
        }
        return new Findings(lead(test, before, rows), figures(test, before), charts, null, List.of());
    }

    private String lead(Evaluation test, @Nullable Evaluation before, Prepared rows) {
        return String.format(
                        Locale.ROOT,
                        "%s %s with %s. On %,d rows that it had not seen its perplexity is %s",
                        recipe.model().title(),
                        learnt,
                        Findings.trainedWith(recipe),
                        rows.split().test().size(),
                        shown(test))
                + (before == null ? "." : "; before, it was " + shown(before) + ".");
    }

    private static List<Page.Figure> figures(Evaluation test, @Nullable Evaluation before) {
        return List.of(
                new Page.Figure(
                        "Perplexity", shown(test), before == null ? "on the test rows" : "before " + shown(before)),
                new Page.Figure(
                        "Loss",
                        String.format(Locale.ROOT, "%.3f", test.loss()),
                        before == null
                                ? "nats a token"
                                : String.format(Locale.ROOT, "before %.3f nats a token", before.loss())));
    }

    private static String shown(Evaluation evaluation) {
        double perplexity = evaluation.metric("perplexity");
        return String.format(Locale.ROOT, perplexity < 100 ? "%.2f" : "%,.0f", perplexity);
    }
}
