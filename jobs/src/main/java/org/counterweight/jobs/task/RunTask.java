package org.counterweight.jobs.train;

import java.nio.file.Path;
import org.counterweight.data.BatchSource;
import org.counterweight.data.Batching;
import org.counterweight.data.Dataset;
import org.counterweight.datasets.Fetcher;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.TextRows;
import org.counterweight.jobs.model.Adaptation;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.jobs.model.HeadChoice;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.train.measure.Evaluation;
import org.counterweight.train.measure.Evaluator;
import org.counterweight.train.objective.Objective;
import org.jspecify.annotations.Nullable;

/** What the task of a recipe asks for: which head and rows, which loss, and how the result is told. */
sealed interface TextTask extends HeadChoice permits ClassificationTask, LanguageTask {
    static TextTask of(Recipe recipe) {
        return recipe.task().isLanguageModel() ? new LanguageTask(recipe) : new ClassificationTask(recipe);
    }

    Recipe recipe();

    /** Refuses data that can be told to be wrong without fetching anything. */
    void checkData();

    /** Reads and tokenizes the texts. */
    TextRows rows(Path modelDirectory, Fetcher fetcher, ProgressLine progress, Seed seed);

    Objective objective();

    /** How many rows are measured at a time. */
    int evaluationRows();

    /** Measures on some of the rows. */
    default Evaluator evaluator(TextRows all, Dataset rows) {
        return Evaluator.of(
                        all.seen().apply(BatchSource.byLength(rows, Batching.of(evaluationRows()))),
                        objective(),
                        all.labels())
                .with(recipe().train().metrics(), all.classRows());
    }

    /** What the frozen model reaches on the rows to judge by; it may put its own head into the adapted model. */
    Evaluation baseline(BaseModel base, Adaptation adaptation, TextRows rows, Seed seed, ProgressLine progress);

    /** PEFT's name of the task; null where it has none. */
    @Nullable
    String peftName();

    /** What the report says of the result. */
    Findings findings(Outcome outcome, TextRows rows, RunHistory course);
}
