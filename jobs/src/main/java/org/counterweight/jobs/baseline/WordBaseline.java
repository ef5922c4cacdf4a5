package org.counterweight.jobs.baseline;

import java.util.Locale;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.findings.Baseline;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.model.Params;
import org.counterweight.train.measure.Evaluation;
import org.counterweight.train.measure.Evaluator;

/** How well a model that finds words did before it was trained. */
public final class WordBaseline {
    private WordBaseline() {}

    /**
     * Judges it, and tells the result.
     *
     * @param judge of the rows to judge by
     */
    public static Baseline of(Evaluator judge, BaseModel base, ProgressLine progress) {
        Evaluation before = judge.evaluate(base.model(), Params.of(base.weights()));
        progress.say(String.format(
                Locale.ROOT,
                "before training: loss %.4f, perplexity %.2f",
                before.loss(),
                before.metric("perplexity")));
        return Baseline.ofModelBefore(before);
    }
}
