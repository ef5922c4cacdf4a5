package org.counterweight.jobs.findings;

import org.counterweight.train.measure.Evaluation;

/**
 * What a result is compared with.
 *
 * @param key in {@code result.json}
 * @param name in tables: {@code frozen model}
 * @param told before what it reached, in a sentence
 * @param evaluation on the rows to judge by
 */
public record Baseline(String key, String name, String told, Evaluation evaluation) {
    /**
     * The model as it was, with a head of its own.
     *
     * @param rows what the head was trained on: {@code texts}
     */
    public static Baseline ofFrozenModel(String rows, Evaluation evaluation) {
        return new Baseline(
                "frozen_baseline",
                "frozen model",
                "the frozen model, with a head of its own trained on the same " + rows + ",",
                evaluation);
    }

    /** The model as it was, head and all. */
    public static Baseline ofModelBefore(Evaluation evaluation) {
        return new Baseline("frozen_baseline", "frozen model", "before, it was", evaluation);
    }

    /** The class with most rows, whatever the row. */
    public static Baseline ofMajorityClass(Evaluation evaluation) {
        return new Baseline("majority_baseline", "majority class", "taking each for the majority class,", evaluation);
    }

    /** The mean of the rows to learn from, whatever the row. */
    public static Baseline ofMean(Evaluation evaluation) {
        return new Baseline("mean_baseline", "mean", "telling the mean of each", evaluation);
    }

    /** The classes that at least half of the rows to learn from have, whatever the row. */
    public static Baseline ofUsualClasses(Evaluation evaluation) {
        return new Baseline("usual_baseline", "usual classes", "giving the usual classes to each", evaluation);
    }

    /** The figure of that name. */
    public double metric(String figure) {
        return evaluation.metric(figure);
    }
}
