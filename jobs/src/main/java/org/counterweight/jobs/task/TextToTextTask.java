package org.counterweight.jobs.task;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.counterweight.config.ConfigException;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.datasets.Fetcher;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.baseline.WordBaseline;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.data.TextTargets;
import org.counterweight.jobs.data.targets.AnswerTarget;
import org.counterweight.jobs.findings.Baseline;
import org.counterweight.jobs.findings.Findings;
import org.counterweight.jobs.findings.Outcome;
import org.counterweight.jobs.findings.RunHistory;
import org.counterweight.jobs.findings.WordReport;
import org.counterweight.jobs.model.Adaptation;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.jobs.recipe.data.TextData;
import org.counterweight.model.Model;
import org.counterweight.train.objective.Objective;
import org.counterweight.train.objective.TokenCrossEntropy;
import org.counterweight.weights.ModelDirectory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A model that reads a text whole learns to answer it with the text of another column. Its head is its own. */
record TextToTextTask(Recipe recipe) implements RunTask {
    private TextData data() {
        return (TextData) recipe.data();
    }

    @Override
    public void checkData() {
        if (data().columns().id() != null) {
            throw new ConfigException("data.columns.id: \"" + data().columns().id()
                    + "\" names rows in predictions.jsonl, where no answers are written; leave it out, and ask the"
                    + " trained model with cw predict");
        }
        new TextTargets(data(), AnswerTarget.OF_COLUMNS).check(recipe.groups());
    }

    @Override
    public ModelDescription describe(Path origin, ObjectNode base, List<String> labels) {
        ModelDescription described = ModelDescription.textToText(origin, base, recipe.model());
        described.checkLength("data.max_length", data().maxLength());
        return described;
    }

    @Override
    public Prepared rows(@Nullable Path model, Fetcher fetcher, ProgressLine progress, Seed seed) {
        Path directory = Objects.requireNonNull(model);
        try (ModelDirectory files = ModelDirectory.withoutWeights(directory);
                TextTokenizer tokenizer = TextTokenizer.open(directory, data().maxLength())) {
            long start = describe(directory, files.config(), List.of())
                    .model()
                    .answerStart()
                    .orElseThrow();
            var target = new AnswerTarget(tokenizer, start, progress::say);
            Prepared rows = new TextTargets(data(), target).read(recipe.groups(), tokenizer, progress::say, seed);
            progress.say(rows.sizes() + ", each with an answer");
            return rows;
        }
    }

    @Override
    public List<String> heads(Model model) {
        return List.of();
    }

    /** Each place of an answer is told by what stands before it, which it is shown. */
    @Override
    public Objective objective() {
        return TokenCrossEntropy.MASKED;
    }

    /** Logits are as wide as the vocabulary for every token. */
    @Override
    public int evaluationRows() {
        return 8;
    }

    @Override
    public @Nullable Baseline baseline(
            BaseModel base, Adaptation adaptation, Prepared rows, Seed seed, ProgressLine progress) {
        return recipe.model().beginsAtRandom()
                ? null
                : WordBaseline.of(evaluator(rows, rows.split().test()), base, progress);
    }

    @Override
    public String peftName() {
        return "SEQ_2_SEQ_LM";
    }

    @Override
    public Findings findings(Outcome outcome, Prepared rows, RunHistory course) {
        String learnt = String.format(
                Locale.ROOT, "learnt to answer %,d texts", rows.split().train().size());
        return new WordReport(recipe, learnt).findings(outcome, rows, course);
    }

    @Override
    public String question() {
        return "--text \"a text to be answered\"";
    }
}
