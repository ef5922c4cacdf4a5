package org.counterweight.jobs.task;

import java.util.Locale;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.findings.Baseline;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.model.Params;
import org.counterweight.train.measure.Evaluation;

/** How well a model that finds words did before it was trained. */
final class WordBaseline {
    private WordBaseline() {}

    static Baseline of(RunTask task, BaseModel base, Prepared rows, ProgressLine progress) {
        Evaluation before = task.evaluator(rows, rows.split().test()).evaluate(base.model(), Params.of(base.weights()));
        progress.say(String.format(
                Locale.ROOT,
                "before training: loss %.4f, perplexity %.2f",
                before.loss(),
                before.metric("perplexity")));
        return Baseline.ofModelBefore(before);
    }
}
