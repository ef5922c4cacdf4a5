package org.counterweight.jobs.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.counterweight.config.Configs;
import org.counterweight.fewgen.generate.Fate;
import org.counterweight.fewgen.prompt.PromptConfig;
import org.counterweight.jobs.InEffect;
import org.counterweight.jobs.JobPage;
import org.counterweight.jobs.generate.GenerateOutcome.Result;
import org.counterweight.jobs.generate.LearnStage.Compared;
import org.counterweight.jobs.generate.LearnStage.Learnt;
import org.counterweight.jobs.generate.LearnStage.Uses;
import org.counterweight.jobs.recipe.program.GenerateRecipe;
import org.counterweight.report.Chart;
import org.counterweight.report.Page;
import org.counterweight.weights.ledger.Ledger;
import org.jspecify.annotations.Nullable;

/**
 * The page that shows how prefixes were tuned, what was written, and what the classifier gained by it.
 *
 * @param prompt by which the classifier is asked; null of a head of its own
 */
record GeneratePage(
        GenerateRecipe recipe,
        @Nullable PromptConfig prompt,
        Result result,
        TuneStage.Curve curve,
        Compared compared,
        Uses uses,
        WrittenTexts written,
        Ledger ledger) {
    private static final int SAMPLES = 3;
    private static final int LONGEST = 160;

    Page page() {
        return new JobPage(
                        String.valueOf(recipe.directory().getFileName()), lead(), Configs.yaml(recipe.tree()), ledger)
                .of(figures(), "Stage by stage", charts(), sheets(), JobPage.facts(ledger), next());
    }

    private String lead() {
        String told = String.format(
                Locale.ROOT,
                "%s wrote %,d texts under %d labels, of which %,d were kept, %,d of them different.",
                recipe.generator(),
                written.lines().size(),
                result.labels().size(),
                result.kept(),
                result.different());
        return result.judgedBy() == null
                ? told
                : told
                        + String.format(
                                Locale.ROOT,
                                " On %,d rows to judge by, the classifier of the few examples is right in %s, after as"
                                        + " many steps more from these in %s, and after these steps from written texts in"
                                        + " %s.",
                                result.rows(),
                                percent(result.fewShot()),
                                percent(result.repeated()),
                                percent(result.withTexts()));
    }

    private static String percent(double share) {
        return Double.isNaN(share) ? "–" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    private List<Page.Figure> figures() {
        var figures = new ArrayList<Page.Figure>();
        figures.add(new Page.Figure(
                "With written texts", percent(result.withTexts()), "the few alone " + percent(result.fewShot())));
        figures.add(new Page.Figure(
                "The few repeated as often", percent(result.repeated()), "what the texts are compared with"));
        figures.add(new Page.Figure(
                "Different texts",
                String.format(Locale.ROOT, "%,d", result.different()),
                String.format(Locale.ROOT, "%,d under several labels", result.underSeveral())));
        figures.add(new Page.Figure(
                "Repeats",
                String.format(Locale.ROOT, "%,d", count(Fate.REPEATED)),
                String.format(Locale.ROOT, "and %,d copies of examples: none is counted", count(Fate.SEED_ROW))));
        double[] least = curve.column(2);
        double[] most = curve.column(3);
        if (least.length > 0) {
            figures.add(new Page.Figure(
                    "Weights of tokens",
                    String.format(Locale.ROOT, "%.3f to %.3f", least[least.length - 1], most[most.length - 1]),
                    "in the last pass, as a multiple of equal ones; 1 to 1 is no weighting"));
        }
        return figures;
    }

    private int count(Fate fate) {
        return result.all().getOrDefault(fate, 0);
    }

    private List<Chart> charts() {
        double[] passes =
                IntStream.rangeClosed(1, curve.passes().size()).asDoubleStream().toArray();
        var charts = new ArrayList<Chart>();
        charts.add(Chart.of(
                "Tuning",
                "The weighted loss of the few examples, L_w in the paper, and the discriminative loss after the inner"
                        + " step, L_disc, pass by pass.",
                "passes",
                List.of(
                        new Chart.Series("weighted loss", passes, curve.column(0)),
                        new Chart.Series("discriminative loss", passes, curve.column(1))),
                List.of()));
        charts.add(Chart.of(
                "Weights of tokens",
                "The least and the greatest of each pass, as a multiple of equal ones.",
                "passes",
                List.of(
                        new Chart.Series("greatest", passes, curve.column(3)),
                        new Chart.Series("least", passes, curve.column(2))),
                List.of()));
        Learnt ofTexts = compared.written();
        Learnt ofTheFew = compared.repeated();
        if (!Double.isNaN(ofTexts.figure())) {
            charts.add(Chart.of(
                    "Accuracy on dev",
                    "Steps after the few examples, from written texts and from the few again.",
                    "steps",
                    List.of(
                            new Chart.Series("written texts", ofTexts.steps(), ofTexts.accuracies()),
                            new Chart.Series("the few again", ofTheFew.steps(), ofTheFew.accuracies())),
                    List.of()));
        }
        return charts;
    }

    private List<Page.Sheet> sheets() {
        var sheets = new ArrayList<>(List.of(classifiers(), fates(), samples()));
        if (prompt != null) {
            sheets.add(1, asked(prompt));
        }
        return sheets;
    }

    private Page.Sheet asked(PromptConfig how) {
        return new Page.Sheet(
                "How the classifier is asked",
                "In both stages, and in predictions, it reads " + how.template()
                        + " and answers with the label whose word it would put at the mask.",
                List.of("label", "word"),
                result.labels().stream()
                        .map(label -> List.of(label, how.word(label)))
                        .toList(),
                -1);
    }

    private Page.Sheet classifiers() {
        return new Page.Sheet(
                "The classifiers",
                result.judgedBy() == null
                        ? "There were no rows to judge by."
                        : "Judged by " + result.judgedBy() + "; on dev the best, by which weights are chosen.",
                List.of("learnt from", "accuracy", "on dev", "steps"),
                List.of(
                        row(
                                "the few examples",
                                result.fewShot(),
                                compared.fewShot(),
                                recipe.fewgen().learn().fewShotSteps()),
                        row(
                                "and the few again",
                                result.repeated(),
                                compared.repeated(),
                                recipe.fewgen().learn().steps()),
                        row(
                                "and written texts",
                                result.withTexts(),
                                compared.written(),
                                recipe.fewgen().learn().steps())),
                -1);
    }

    private static List<String> row(String name, double accuracy, Learnt learnt, int steps) {
        return List.of(name, percent(accuracy), percent(learnt.figure()), String.format(Locale.ROOT, "%,d", steps));
    }

    private Page.Sheet fates() {
        var columns = new ArrayList<>(List.of("label"));
        Arrays.stream(Fate.values()).forEach(fate -> columns.add(fate.words()));
        columns.add("learnt from");
        columns.add("selected last");
        List<List<String>> rows = IntStream.range(0, result.labels().size())
                .mapToObj(label -> {
                    var row = new ArrayList<>(List.of(result.labels().get(label)));
                    for (Fate fate : Fate.values()) {
                        row.add(String.format(
                                Locale.ROOT, "%,d", result.fates().get(label).getOrDefault(fate, 0)));
                    }
                    row.add(String.format(Locale.ROOT, "%,d", result.learnt().get(label)));
                    row.add(label < uses.selected().length ? String.valueOf(uses.selected()[label]) : "–");
                    return (List<String>) row;
                })
                .toList();
        return new Page.Sheet(
                "What was written, by rule",
                "Candidates of each label and what became of them; of those kept, how many the classifier learnt from.",
                columns,
                rows,
                -1);
    }

    private Page.Sheet samples() {
        var rows = new ArrayList<List<String>>();
        for (int label = 0; label < result.labels().size(); label++) {
            String name = result.labels().get(label);
            written.accepted(label).stream()
                    .limit(SAMPLES)
                    .forEach(line -> rows.add(List.of(
                            name,
                            shown(
                                    line.text().first() == null
                                            ? line.text().text()
                                            : line.text().first() + " / "
                                                    + line.text().text()))));
        }
        return new Page.Sheet(
                "Samples", "The first texts that were kept of each label.", List.of("label", "text"), rows, -1);
    }

    private static String shown(String text) {
        return text.codePointCount(0, text.length()) <= LONGEST
                ? text
                : text.substring(0, text.offsetByCodePoints(0, LONGEST)) + " …";
    }

    private List<Page.Next> next() {
        return List.of(
                new Page.Next(
                        "./cw predict " + recipe.directory().resolve(GenerateJob.MERGED) + " --text \"…\"",
                        "asks the classifier"),
                new Page.Next(
                        "./cw generate " + recipe.directory().resolve(InEffect.FILE)
                                + " --resume --from write --set fewgen.write.texts="
                                + 2 * recipe.fewgen().write().texts(),
                        "writes again with the same prefixes, twice as many texts, and learns from these"),
                new Page.Next("./cw explain fewgen", "the method: its paper, formula and settings"));
    }
}
