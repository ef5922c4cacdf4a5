package org.counterweight.jobs.task.side;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.counterweight.datasets.Fetcher;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.data.targets.ScoreTarget;
import org.counterweight.jobs.data.targets.Target;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.jobs.recipe.data.ImageData;
import org.counterweight.jobs.recipe.data.TableData;
import org.counterweight.model.config.Problem;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What a task whose rows may be texts, a table's or pictures asks of them, by what they are. */
public sealed interface Side permits TextSide, TableSide, ImageSide {
    static Side of(Recipe recipe) {
        return recipe.data() instanceof TableData
                ? new TableSide(recipe)
                : recipe.data() instanceof ImageData ? new ImageSide(recipe) : new TextSide(recipe);
    }

    /**
     * A number a row, as the file to learn from writes it.
     *
     * @param model that is to be trained on; null of one that starts from random weights
     * @param remarks is told how, where that is not plain
     */
    ScoreTarget scores(@Nullable Path model, Consumer<String> remarks);

    /** Refuses data that can be told to be wrong without fetching anything. */
    void check(Target target);

    /** The model with a head of this many outputs. */
    ModelDescription describe(Path origin, ObjectNode base, List<String> outputs, Problem problem);

    /** Reads the rows with their targets. */
    Prepared rows(@Nullable Path model, Target target, Fetcher fetcher, ProgressLine progress, Seed seed);

    /** How many rows are measured at a time. */
    int evaluationRows();

    /** Words of {@code cw predict}. */
    String question();
}
