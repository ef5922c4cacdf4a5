package org.counterweight.jobs.task;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.counterweight.data.BatchSource;
import org.counterweight.data.Dataset;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.datasets.Fetcher;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.data.sentences.SentenceRows;
import org.counterweight.jobs.findings.Baseline;
import org.counterweight.jobs.findings.FigureReport;
import org.counterweight.jobs.findings.Findings;
import org.counterweight.jobs.findings.Outcome;
import org.counterweight.jobs.findings.RunHistory;
import org.counterweight.jobs.model.Adaptation;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.jobs.model.ClassifierLength;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.jobs.recipe.data.TokenData;
import org.counterweight.jobs.task.feature.WordFeatures;
import org.counterweight.train.measure.Evaluation;
import org.counterweight.train.measure.Evaluator;
import org.counterweight.train.measure.task.EntityFigures;
import org.counterweight.train.objective.Objective;
import org.counterweight.train.objective.TagCrossEntropy;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A model learns to tell the tag of each word of a sentence, and so its entities; a word's tag is told at its first token. */
record TokenClassificationTask(Recipe recipe) implements RunTask {
    private TokenData data() {
        return (TokenData) recipe.data();
    }

    @Override
    public void checkData() {
        new SentenceRows(data()).check();
    }

    @Override
    public ModelDescription describe(Path origin, ObjectNode base, List<String> labels) {
        ModelDescription described = ModelDescription.tokenClassifier(origin, base, recipe.model(), labels);
        described.checkLength("data.max_length", data().maxLength());
        ClassifierLength.record(described.config(), data().maxLength());
        return described;
    }

    @Override
    public Prepared rows(@Nullable Path model, Fetcher fetcher, ProgressLine progress, Seed seed) {
        try (TextTokenizer tokenizer = TextTokenizer.ofWords(Objects.requireNonNull(model), data().maxLength())) {
            Prepared rows = new SentenceRows(data()).read(tokenizer, progress::say, seed);
            progress.say(rows.sizes() + ", with " + rows.labels().size() + " tags");
            return rows;
        }
    }

    @Override
    public Objective objective() {
        return new TagCrossEntropy();
    }

    @Override
    public Evaluator judge(Prepared all, BatchSource batches) {
        return RunTask.super.judge(all, batches).with(() -> new EntityFigures(all.labels()));
    }

    @Override
    public int evaluationRows() {
        return 64;
    }

    @Override
    public Dataset features(BaseModel base, Dataset rows, ProgressLine progress) {
        return WordFeatures.of(base, rows, progress);
    }

    @Override
    public @Nullable Baseline baseline(
            BaseModel base, Adaptation adaptation, Prepared rows, Seed seed, ProgressLine progress) {
        if (recipe.model().beginsAtRandom()) {
            return null;
        }
        Evaluation frozen = new FrozenBaseline(this, rows, seed).evaluate(base, adaptation, progress);
        progress.say(String.format(
                Locale.ROOT,
                "baseline, the frozen model with a head of its own: entity F1 %.4f, word accuracy %.4f",
                frozen.metric("entity_f1"),
                frozen.metric("word_accuracy")));
        return Baseline.ofFrozenModel(recipe.data().kind().rows(), frozen);
    }

    @Override
    public String peftName() {
        return "TOKEN_CLS";
    }

    @Override
    public Findings findings(Outcome outcome, Prepared rows, RunHistory course) {
        return new FigureReport(
                        recipe, "entity_f1", "to tell " + rows.labels().size() + " tags of words", "its entity F1 is")
                .findings(outcome, rows, course);
    }

    @Override
    public String question() {
        return "--text \"Ada Lovelace lived in London\"";
    }
}
