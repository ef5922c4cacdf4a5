package org.counterweight.jobs.task;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.counterweight.config.ConfigException;
import org.counterweight.data.BatchSource;
import org.counterweight.datasets.Fetcher;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.baseline.ConstantBaseline;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.data.targets.LabelSetTarget;
import org.counterweight.jobs.findings.Baseline;
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
import org.counterweight.train.measure.task.LabelSetFigures;
import org.counterweight.train.objective.BinaryCrossEntropy;
import org.counterweight.train.objective.Objective;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A model learns which of several classes texts or a table's rows belong to: any number of them. */
record MultiLabelTask(Recipe recipe) implements RunTask {
    private Side side() {
        return Side.of(recipe);
    }

    @Override
    public void checkData() {
        side().check(new LabelSetTarget());
    }

    @Override
    public ModelDescription describe(Path origin, ObjectNode base, List<String> labels) {
        return side().describe(origin, base, labels, Problem.LABEL_SETS);
    }

    @Override
    public Prepared rows(@Nullable Path model, Fetcher fetcher, ProgressLine progress, Seed seed) {
        Prepared rows = side().rows(model, new LabelSetTarget(), fetcher, progress, seed);
        if (rows.labels().size() < 2) {
            throw new ConfigException("data.label: \"" + rows.labels().get(0)
                    + "\" is the only class; name a column of several, or tell it with a task of classes");
        }
        progress.say(rows.sizes() + ", any number of " + rows.labels().size() + " classes each");
        return rows;
    }

    @Override
    public Objective objective() {
        return new BinaryCrossEntropy();
    }

    @Override
    public Evaluator judge(Prepared all, BatchSource batches) {
        return RunTask.super.judge(all, batches).with(LabelSetFigures::new);
    }

    @Override
    public int evaluationRows() {
        return side().evaluationRows();
    }

    @Override
    public Baseline baseline(BaseModel base, Adaptation adaptation, Prepared rows, Seed seed, ProgressLine progress) {
        boolean isFresh = recipe.model().beginsAtRandom();
        Evaluation found = isFresh
                ? ConstantBaseline.evaluate(
                        evaluator(rows, rows.split().test()),
                        ConstantBaseline.oddsOf(
                                ConstantBaseline.means(rows.split().train())))
                : new FrozenBaseline(this, rows, seed).evaluate(base, adaptation, progress);
        Baseline baseline = isFresh
                ? Baseline.ofUsualClasses(found)
                : Baseline.ofFrozenModel(recipe.data().kind().rows(), found);
        progress.say(String.format(
                Locale.ROOT,
                "baseline, the %s: micro-F1 %.4f, macro-F1 %.4f",
                baseline.name(),
                found.metric("micro_f1"),
                found.metric("macro_f1")));
        return baseline;
    }

    @Override
    public @Nullable String peftName() {
        return recipe.data().kind() == DataKind.TEXTS ? "SEQ_CLS" : null; // PEFT has no name for tables
    }

    @Override
    public Findings findings(Outcome outcome, Prepared rows, RunHistory course) {
        return new FigureReport(
                        recipe, "micro_f1", "to tell any of " + rows.labels().size() + " classes", "its micro-F1 is")
                .findings(outcome, rows, course);
    }

    @Override
    public String question() {
        return side().question();
    }
}
