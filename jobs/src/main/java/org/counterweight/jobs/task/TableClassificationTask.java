package org.counterweight.jobs.task;

import java.nio.file.Path;
import java.util.List;
import org.counterweight.datasets.Fetcher;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.data.targets.ClassTarget;
import org.counterweight.jobs.findings.Baseline;
import org.counterweight.jobs.findings.ClassReport;
import org.counterweight.jobs.findings.Findings;
import org.counterweight.jobs.findings.Outcome;
import org.counterweight.jobs.findings.RunHistory;
import org.counterweight.jobs.model.Adaptation;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.jobs.model.Described;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.jobs.recipe.data.TableData;
import org.counterweight.jobs.task.side.Side;
import org.counterweight.jobs.task.side.TableSide;
import org.counterweight.model.config.Problem;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.objective.Objective;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A model learns to tell classes of a table's rows. */
record TableClassificationTask(Recipe recipe) implements RunTask {
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
    public Described describe(Path origin, ObjectNode base, List<String> labels) {
        return side().describe(origin, base, labels, Problem.CLASSES);
    }

    @Override
    public Prepared rows(@Nullable Path model, Fetcher fetcher, ProgressLine progress, Seed seed) {
        Prepared rows = side().rows(model, target(), fetcher, progress, seed);
        new Classifying(recipe).check(rows, "data.label", progress);
        return rows;
    }

    @Override
    public Objective objective() {
        return new CrossEntropy(0);
    }

    @Override
    public int evaluationRows() {
        return side().evaluationRows();
    }

    @Override
    public Baseline baseline(BaseModel base, Adaptation adaptation, Prepared rows, Seed seed, ProgressLine progress) {
        return new Classifying(recipe).baseline(this, base, adaptation, rows, seed, progress);
    }

    @Override
    public @Nullable String peftName() {
        return null; // PEFT has no name for tables
    }

    @Override
    public Findings findings(Outcome outcome, Prepared rows, RunHistory course) {
        return new ClassReport(recipe).findings(outcome, rows, course);
    }

    @Override
    public String question() {
        return side().question();
    }
}
