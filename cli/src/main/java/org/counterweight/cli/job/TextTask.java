package org.counterweight.cli.job;

import java.nio.file.Path;
import org.counterweight.cli.recipe.Recipe;
import org.counterweight.data.Batching;
import org.counterweight.data.Dataset;
import org.counterweight.data.fetch.Fetcher;
import org.counterweight.engine.Seed;
import org.counterweight.train.BatchSource;
import org.counterweight.train.Evaluation;
import org.counterweight.train.Evaluator;
import org.counterweight.train.Objective;
import org.jspecify.annotations.Nullable;

/** What the task of a recipe asks for: which head and rows, which loss, and how the result is told. */
sealed interface TextTask extends HeadChoice permits ClassificationTask, LanguageTask {
    static TextTask of(Recipe recipe) {
        return recipe.task().isLanguageModel() ? new LanguageTask(recipe) : new ClassificationTask(recipe);
    }

    /** Refuses data that can be told to be wrong without fetching anything. */
    void checkData();

    /** Reads and tokenizes the texts. */
    TextRows rows(Path modelDirectory, Fetcher fetcher, Progress progress, Seed seed);

    Objective objective();

    /** How many rows are measured at a time. */
    int evaluationRows();

    /** Measures on some of the rows. */
    default Evaluator evaluator(TextRows all, Dataset rows) {
        return Evaluator.of(
                all.seen().apply(BatchSource.byLength(rows, Batching.of(evaluationRows()))), objective(), all.labels());
    }

    /** What the frozen model reaches on the rows to judge by; it may put its own head into the adapted model. */
    Evaluation baseline(BaseModel base, Adaptation adaptation, TextRows rows, Seed seed, Progress progress);

    /** PEFT's name of the task; null where it has none. */
    @Nullable
    String peftName();

    /** What the report says of the result. */
    Findings findings(Outcome outcome, TextRows rows, Course course);
}
