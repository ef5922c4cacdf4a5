package org.counterweight.jobs.task;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.counterweight.data.BatchSource;
import org.counterweight.datasets.Fetcher;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.baseline.ConstantBaseline;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.findings.Baseline;
import org.counterweight.jobs.findings.FigureFormat;
import org.counterweight.jobs.findings.FigureReport;
import org.counterweight.jobs.findings.Findings;
import org.counterweight.jobs.findings.Outcome;
import org.counterweight.jobs.findings.RunHistory;
import org.counterweight.jobs.model.Adaptation;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.jobs.recipe.data.DataKind;
import org.counterweight.jobs.task.side.Side;
import org.counterweight.model.config.Problem;
import org.counterweight.train.measure.Evaluation;
import org.counterweight.train.measure.Evaluator;
import org.counterweight.train.measure.task.ScoreFigures;
import org.counterweight.train.objective.MeanSquaredError;
import org.counterweight.train.objective.Objective;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model learns to tell a number of texts or of a table's rows. A table's are standardised while they are learnt, and told in
 * the data's units; those of texts are learnt as they are, so that what transformers reads of the model tells them too.
 */
record RegressionTask(Recipe recipe) implements RunTask {
    private Side side() {
        return Side.of(recipe);
    }

    @Override
    public void checkData() {
        String name = recipe.model().name();
        side().check(side().scores(name == null ? null : Path.of(name), line -> {}));
    }

    @Override
    public ModelDescription describe(Path origin, ObjectNode base, List<String> labels) {
        return side().describe(origin, base, labels, Problem.SCORE);
    }

    @Override
    public Prepared rows(@Nullable Path model, Fetcher fetcher, ProgressLine progress, Seed seed) {
        Prepared rows = side().rows(model, side().scores(model, progress::say), fetcher, progress, seed);
        progress.say(rows.sizes());
        return rows;
    }

    /** The mean, from which scores of any size are not far. */
    @Override
    public float[] start(Prepared rows) {
        return ConstantBaseline.means(rows.split().train());
    }

    @Override
    public Objective objective() {
        return new MeanSquaredError();
    }

    @Override
    public Evaluator judge(Prepared all, BatchSource batches) {
        return RunTask.super.judge(all, batches).with(() -> new ScoreFigures(all.unit()));
    }

    @Override
    public int evaluationRows() {
        return side().evaluationRows();
    }

    @Override
    public Baseline baseline(BaseModel base, Adaptation adaptation, Prepared rows, Seed seed, ProgressLine progress) {
        Evaluation found = recipe.model().beginsAtRandom()
                ? ConstantBaseline.evaluate(
                        evaluator(rows, rows.split().test()),
                        ConstantBaseline.means(rows.split().train()))
                : new FrozenBaseline(this, rows, seed).evaluate(base, adaptation, progress);
        Baseline baseline = recipe.model().beginsAtRandom()
                ? Baseline.ofMean(found)
                : Baseline.ofFrozenModel(recipe.data().kind().rows(), found);
        progress.say(String.format(
                Locale.ROOT,
                "baseline, the %s: RMSE %s, Pearson %.4f",
                baseline.name(),
                FigureFormat.of("rmse", found.metric("rmse")),
                found.metric("pearson")));
        return baseline;
    }

    @Override
    public @Nullable String peftName() {
        return recipe.data().kind() == DataKind.TEXTS ? "SEQ_CLS" : null; // PEFT has no name for tables
    }

    @Override
    public Findings findings(Outcome outcome, Prepared rows, RunHistory course) {
        return new FigureReport(recipe, "rmse", "to tell a number", "its root mean square error is")
                .findings(outcome, rows, course);
    }

    @Override
    public String question() {
        return side().question();
    }
}
