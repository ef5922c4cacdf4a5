package org.counterweight.jobs.task;

import java.nio.file.Path;
import java.util.List;
import org.counterweight.datasets.Fetcher;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.data.targets.ClassTarget;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.jobs.recipe.data.TableData;
import org.counterweight.jobs.task.side.Side;
import org.counterweight.jobs.task.side.TableSide;
import org.counterweight.model.config.Problem;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A model learns to predict classes of a table's rows. */
record TableClassificationTask(Recipe recipe) implements ClassTask {
    private ClassTarget target() {
        return new ClassTarget(((TableData) recipe.data()).labels());
    }

    private Side side() {
        return new TableSide(recipe);
    }

    @Override
    public void checkData() {
        side().check(target());
    }

    @Override
    public ModelDescription describe(Path origin, ObjectNode base, List<String> labels) {
        return side().describe(origin, base, labels, Problem.CLASSES);
    }

    @Override
    public Prepared rows(@Nullable Path model, Fetcher fetcher, ProgressLine progress, Seed seed) {
        Prepared rows = side().rows(model, target(), fetcher, progress, seed);
        checkClasses(rows, "data.label", progress);
        return rows;
    }

    @Override
    public int evaluationRows() {
        return side().evaluationRows();
    }

    @Override
    public String question() {
        return side().question();
    }
}
