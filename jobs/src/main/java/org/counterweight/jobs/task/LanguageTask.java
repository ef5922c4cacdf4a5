package org.counterweight.jobs.task;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.counterweight.config.ConfigException;
import org.counterweight.data.BatchSource;
import org.counterweight.data.text.LanguageModelling;
import org.counterweight.datasets.Fetcher;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.baseline.WordBaseline;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.data.Sources;
import org.counterweight.jobs.data.documents.DocumentRows;
import org.counterweight.jobs.data.file.TextFile;
import org.counterweight.jobs.findings.Baseline;
import org.counterweight.jobs.findings.Findings;
import org.counterweight.jobs.findings.Outcome;
import org.counterweight.jobs.findings.RunHistory;
import org.counterweight.jobs.findings.WordReport;
import org.counterweight.jobs.model.Adaptation;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.jobs.recipe.TaskKind;
import org.counterweight.jobs.recipe.data.TextData;
import org.counterweight.model.Model;
import org.counterweight.train.measure.Evaluator;
import org.counterweight.train.measure.task.DomainLosses;
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
        if (data.pair() != null) {
            throw new ConfigException(
                    "data.pair: \"" + data.pair() + "\" is read together with the text by a classifier, and"
                            + " a language model reads one text; leave it out, or join the two in one column");
        }
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
        if (data.columns().split() != null) {
            throw new ConfigException("data.columns." + (data.columns().splitBy() != null ? "split_by" : "split_time")
                    + ": a language model's texts are held out by chance; leave it out, or give files for data.dev and"
                    + " data.test");
        }
        DocumentRows.check(data, recipe.groups(), isCausal());
    }

    @Override
    public ModelDescription describe(Path origin, ObjectNode base, List<String> labels) {
        ModelDescription described = ModelDescription.languageModel(origin, base, recipe.model(), isCausal());
        described.checkLength("data.max_length", data().maxLength());
        return described;
    }

    @Override
    public Prepared rows(@Nullable Path model, Fetcher fetcher, ProgressLine progress, Seed seed) {
        DocumentRows documents = DocumentRows.read(data(), recipe.groups(), isCausal(), fetcher, progress::say, seed);
        Path directory = Objects.requireNonNull(model);
        Prepared rows = isCausal()
                ? documents.joined(directory, data(), seed, progress::say)
                : documents.masked(directory, data(), seed, progress);
        progress.say(String.format(
                Locale.ROOT,
                "%,d rows of %s %d tokens to learn from, %,d to choose by, %,d to judge by",
                rows.split().train().size(),
                isCausal() ? "each" : "at most",
                data().maxLength(),
                rows.split().dev().size(),
                rows.split().test().size()));
        if (isCausal()) {
            progress.countTokens(data().maxLength());
        }
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

    /** The loss of each domain beside that of all. */
    @Override
    public Evaluator judge(Prepared all, BatchSource batches) {
        Evaluator judge = RunTask.super.judge(all, batches);
        List<String> domains = all.split().train().domains();
        return domains.size() < 2 ? judge : judge.with(() -> DomainLosses.of(domains, LanguageModelling.DOMAIN));
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
        return WordBaseline.of(evaluator(rows, rows.split().test()), base, progress);
    }

    @Override
    public @Nullable String peftName() {
        return isCausal() ? "CAUSAL_LM" : null; // PEFT has no name for hidden words
    }

    @Override
    public Findings findings(Outcome outcome, Prepared rows, RunHistory course) {
        String learnt = String.format(
                Locale.ROOT,
                "learnt from %,d rows of %s %d tokens",
                rows.split().train().size(),
                isCausal() ? "each" : "at most",
                data().maxLength());
        return new WordReport(recipe, learnt).findings(outcome, rows, course);
    }

    @Override
    public String question() {
        return isCausal() ? "--text \"It was\" --temperature 0.8 --top-p 0.95" : "--text \"It was a [MASK] day.\"";
    }
}
