package org.counterweight.jobs.task.side;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.counterweight.data.table.feature.TableForm;
import org.counterweight.datasets.Fetcher;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.data.TabularRows;
import org.counterweight.jobs.data.targets.ScoreTarget;
import org.counterweight.jobs.data.targets.Target;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.jobs.recipe.data.TableData;
import org.counterweight.model.config.Problem;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Rows of a table. */
public record TableSide(Recipe recipe) implements Side {
    private TableData data() {
        return (TableData) recipe.data();
    }

    private TabularRows rows(@Nullable Path model, Target target) {
        return new TabularRows(data(), target, model == null ? null : TableForm.beside(model));
    }

    /** As the rows that the model has learnt were written. */
    @Override
    public ScoreTarget scores(@Nullable Path model, Consumer<String> remarks) {
        TableForm form = model == null ? null : TableForm.beside(model);
        return form != null && form.score() != null
                ? new ScoreTarget(0, 1, form.score().written())
                : ScoreTarget.of(Path.of(data().train()), data().format(), data().label(), remarks);
    }

    @Override
    public void check(Target target) {
        String name = recipe.model().name();
        rows(name == null ? null : Path.of(name), target).check(recipe.groups());
    }

    @Override
    public ModelDescription describe(Path origin, ObjectNode base, List<String> outputs, Problem problem) {
        return ModelDescription.ofTables(origin, base, recipe.model(), outputs, problem);
    }

    @Override
    public Prepared rows(@Nullable Path model, Target target, Fetcher fetcher, ProgressLine progress, Seed seed) {
        return rows(model, target).read(recipe.groups(), progress::say, seed);
    }

    @Override
    public int evaluationRows() {
        return 1024;
    }

    @Override
    public String question() {
        return "--input " + data().train();
    }
}
