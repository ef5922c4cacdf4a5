package org.counterweight.jobs.task;

import java.nio.file.Path;
import java.util.List;
import org.counterweight.data.BatchSource;
import org.counterweight.data.Batching;
import org.counterweight.data.Dataset;
import org.counterweight.datasets.Fetcher;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.findings.Baseline;
import org.counterweight.jobs.findings.Findings;
import org.counterweight.jobs.findings.Outcome;
import org.counterweight.jobs.findings.RunHistory;
import org.counterweight.jobs.model.Adaptation;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.jobs.model.HeadChoice;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.jobs.task.feature.Features;
import org.counterweight.model.Model;
import org.counterweight.train.measure.Evaluator;
import org.counterweight.train.measure.MetricConfig;
import org.counterweight.train.objective.Objective;
import org.jspecify.annotations.Nullable;

/** What the task of a recipe asks for: which head and rows, which loss, and how the result is told. */
public sealed interface RunTask extends HeadChoice
        permits ClassTask,
                TokenClassificationTask,
                LanguageTask,
                TextToTextTask,
                RegressionTask,
                MultiLabelTask,
                DiffusionTask {
    static RunTask of(Recipe recipe) {
        return Tasks.of(recipe);
    }

    Recipe recipe();

    /** Refuses data that can be told to be wrong without fetching anything. */
    void checkData();

    /**
     * Reads the rows, as the model is to see them.
     *
     * @param model its directory; null of one that starts from random weights, by the recipe's own sizes
     */
    Prepared rows(@Nullable Path model, Fetcher fetcher, ProgressLine progress, Seed seed);

    /** What predicts classes or scores, unless the task says otherwise. */
    @Override
    default List<String> heads(Model model) {
        return model.modules().heads();
    }

    /** What a fresh head is to say of every row before it has learnt, where it has a bias; empty to leave that to chance. */
    default float[] start(Prepared rows) {
        return new float[0];
    }

    Objective objective();

    /** What the frozen model gives its head for these rows. */
    default Dataset features(BaseModel base, Dataset rows, ProgressLine progress) {
        return Features.of(base, rows, progress);
    }

    /** How many rows are measured at a time. */
    int evaluationRows();

    /** Measures on some of the rows. */
    default Evaluator evaluator(Prepared all, Dataset rows) {
        return judge(all, all.seen().apply(BatchSource.byLength(rows, Batching.of(evaluationRows()))));
    }

    /** Measures on batches of rows, or of what a frozen model makes of them. */
    default Evaluator judge(Prepared all, BatchSource batches) {
        String weight = recipe().data().columns().tensor();
        List<MetricConfig> metrics = recipe().train().metrics();
        Evaluator each = Evaluator.of(batches, objective(), all.labels())
                .with(metrics, metrics.isEmpty() ? List.of() : all.classWeights(weight));
        return weight == null ? each : each.weighedBy(weight);
    }

    /**
     * What the result is compared with, on the rows to judge by; it may put its own head into the adapted model. Null for
     * nothing.
     */
    @Nullable
    Baseline baseline(BaseModel base, Adaptation adaptation, Prepared rows, Seed seed, ProgressLine progress);

    /** PEFT's name of the task; null where it has none: it knows texts alone. */
    default @Nullable String peftName() {
        return null;
    }

    /** What the report says about the result. */
    Findings findings(Outcome outcome, Prepared rows, RunHistory course);

    /** Words of {@code cw predict} that ask the trained model something. */
    String question();

    /** The command that asks it. */
    default String ask(Path model) {
        return "./cw predict " + model + " " + question();
    }
}
