package org.counterweight.jobs.task;

import java.util.List;
import java.util.Locale;
import org.counterweight.catalogue.Choice;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.baseline.ConstantBaseline;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.findings.Baseline;
import org.counterweight.jobs.findings.ClassReport;
import org.counterweight.jobs.findings.Findings;
import org.counterweight.jobs.findings.Outcome;
import org.counterweight.jobs.findings.RunHistory;
import org.counterweight.jobs.model.Adaptation;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.model.Batch;
import org.counterweight.train.measure.Evaluation;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.objective.Objective;
import org.counterweight.train.weigh.RowColumn;
import org.counterweight.train.weigh.WeigherConfig;
import org.jspecify.annotations.Nullable;

/** A model learns to predict one class for each row, whatever the rows are. */
sealed interface ClassTask extends RunTask
        permits TextClassificationTask, ImageClassificationTask, TableClassificationTask, NodeClassificationTask {
    /**
     * Refuses rows of one class, and weighers that know of fewer classes than there are; tells how many rows there are.
     *
     * @param field where the recipe says what the classes are
     */
    default void checkClasses(Prepared rows, String field, ProgressLine progress) {
        List<String> labels = rows.labels();
        if (labels.size() < 2) {
            throw new ConfigException(field + ": all rows have the same class, \"" + labels.get(0)
                    + "\"; a classifier needs at least two");
        }
        checkWeigher(labels.size());
        progress.say(rows.split().train().size() + " rows to learn from, "
                + rows.split().dev().size() + " to choose by, "
                + rows.split().test().size() + " to judge by, in "
                + labels.size() + " classes");
    }

    /** Refuses to weigh rows by their class where there are more classes than the weigher knows of. */
    private void checkWeigher(int classes) {
        Choice<WeigherConfig> weigh = recipe().weigh();
        if (weigh == null) {
            return;
        }
        for (RowColumn column : weigh.settings().columns()) {
            if (column.name().equals(Batch.LABELS) && column.values() > 0 && column.values() < classes) {
                throw new ConfigException("weigh: " + weigh.method().name() + " takes each row's class for "
                        + column.holds() + ", of which the settings have " + column.values() + ", but the data has "
                        + classes + " classes; set as many");
            }
        }
    }

    @Override
    default Objective objective() {
        return new CrossEntropy(0);
    }

    @Override
    default Findings findings(Outcome outcome, Prepared rows, RunHistory course) {
        return new ClassReport(recipe()).findings(outcome, rows, course);
    }

    /**
     * The frozen model with a head of its own; of one that starts from random weights, always the class with most rows to learn from.
     */
    @Override
    default @Nullable Baseline baseline(
            BaseModel base, Adaptation adaptation, Prepared rows, Seed seed, ProgressLine progress) {
        if (recipe().model().beginsAtRandom()) {
            double[] classes = rows.classWeights(recipe().data().columns().tensor()).stream()
                    .mapToDouble(Double::doubleValue)
                    .toArray();
            Evaluation majority =
                    ConstantBaseline.evaluate(evaluator(rows, rows.split().test()), ConstantBaseline.logits(classes));
            tell("always the majority class", majority, progress);
            return Baseline.ofMajorityClass(majority);
        }
        Evaluation frozen = new FrozenBaseline(this, rows, seed).evaluate(base, adaptation, progress);
        tell("the frozen model with a head of its own", frozen, progress);
        return Baseline.ofFrozenModel(recipe().data().kind().rows(), frozen);
    }

    private static void tell(String what, Evaluation baseline, ProgressLine progress) {
        progress.say(String.format(
                Locale.ROOT,
                "baseline, %s: accuracy %.4f, macro-F1 %.4f",
                what,
                baseline.metric("accuracy"),
                baseline.metric("macro_f1")));
    }
}
