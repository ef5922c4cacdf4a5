package org.counterweight.jobs.task;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.counterweight.config.ConfigException;
import org.counterweight.datasets.Fetcher;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.DocumentRows;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.data.Sources;
import org.counterweight.jobs.data.TextFile;
import org.counterweight.jobs.findings.Baseline;
import org.counterweight.jobs.findings.Findings;
import org.counterweight.jobs.findings.Outcome;
import org.counterweight.jobs.findings.RunHistory;
import org.counterweight.jobs.model.Adaptation;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.jobs.model.Described;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.jobs.recipe.TaskKind;
import org.counterweight.jobs.recipe.data.TextData;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.report.Chart;
import org.counterweight.report.Page;
import org.counterweight.train.measure.Evaluation;
import org.counterweight.train.objective.Objective;
import org.counterweight.train.objective.TokenCrossEntropy;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A model learns to find words: a decoder the next one, an encoder those that are hidden. Its head is its own. */
record LanguageTask(Recipe recipe) implements RunTask {
    private boolean isCausal() {
        return recipe.task() == TaskKind.CAUSAL_LM;
    }

    private TextData data() {
        return (TextData) recipe.data();
    }

    @Override
    public void checkData() {
        TextData data = data();
        if (data.name() != null) {
            Sources.checkDocuments(data.name());
            return;
        }
        for (String file : new String[] {data.train(), data.dev(), data.test()}) {
            if (file != null) {
                new TextFile(Path.of(file), data.format()).check(List.of(data.text()));
            }
        }
        if (data.columns().id() != null) {
            throw new ConfigException("data.columns.id: \"" + data.columns().id()
                    + "\" names rows in predictions.jsonl, and a language model tells nothing of a row; leave it out");
        }
        DocumentRows.check(data, recipe.groups());
    }

    @Override
    public Described describe(Path origin, ObjectNode base, List<String> labels) {
        Described described = Described.languageModel(origin, base, recipe.model(), isCausal());
        described.checkLength("data.max_length", data().maxLength());
        return described;
    }

    @Override
    public Prepared rows(@Nullable Path model, Fetcher fetcher, ProgressLine progress, Seed seed) {
        DocumentRows documents = DocumentRows.read(data(), recipe.groups(), fetcher, progress::say, seed);
        Path directory = Objects.requireNonNull(model);
        Prepared rows = isCausal()
                ? documents.joined(directory, data(), seed)
                : documents.masked(directory, data(), seed, progress);
        progress.say(String.format(
                Locale.ROOT,
                "%,d rows of %s %d tokens to learn from, %,d to choose by, %,d to judge by",
                rows.split().train().size(),
                isCausal() ? "each" : "at most",
                data().maxLength(),
                rows.split().dev().size(),
                rows.split().test().size()));
        return rows;
    }

    @Override
    public List<String> heads(Model model) {
        return List.of();
    }

    @Override
    public Objective objective() {
        return isCausal() ? TokenCrossEntropy.CAUSAL : TokenCrossEntropy.MASKED;
    }

    /** Logits are as wide as the vocabulary for every token. */
    @Override
    public int evaluationRows() {
        return 8;
    }

    @Override
    public @Nullable Baseline baseline(
            BaseModel base, Adaptation adaptation, Prepared rows, Seed seed, ProgressLine progress) {
        if (recipe.model().beginsAtRandom()) {
            return null;
        }
        Evaluation before = evaluator(rows, rows.split().test()).evaluate(base.model(), Params.of(base.weights()));
        progress.say(String.format(
                Locale.ROOT,
                "before training: loss %.4f, perplexity %.2f",
                before.loss(),
                before.metric("perplexity")));
        return Baseline.ofModelBefore(before);
    }

    @Override
    public @Nullable String peftName() {
        return isCausal() ? "CAUSAL_LM" : null; // PEFT has no name for hidden words
    }

    @Override
    public Findings findings(Outcome outcome, Prepared rows, RunHistory course) {
        Evaluation test = Objects.requireNonNull(outcome.test());
        Evaluation before =
                outcome.baseline() == null ? null : outcome.baseline().evaluation();
        var charts = new ArrayList<Chart>();
        charts.add(course.loss("Mean −log p of a token: of the rows trained on, and of those held out to choose by."));
        charts.add(course.figure("perplexity"));
        if (recipe.weigh() != null) {
            charts.addAll(course.weights());
        }
        return new Findings(lead(test, before, rows), figures(test, before), charts, null, List.of());
    }

    private String lead(Evaluation test, @Nullable Evaluation before, Prepared rows) {
        return String.format(
                        Locale.ROOT,
                        "%s learnt from %,d rows of %s %d tokens with %s. On %,d rows that it had not seen its perplexity is %s",
                        recipe.model().title(),
                        rows.split().train().size(),
                        isCausal() ? "each" : "at most",
                        data().maxLength(),
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

    @Override
    public String question() {
        return isCausal() ? "--text \"It was\" --temperature 0.8 --top-p 0.95" : "--text \"It was a [MASK] day.\"";
    }
}
