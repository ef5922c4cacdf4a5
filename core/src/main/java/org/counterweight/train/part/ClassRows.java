package org.counterweight.train.part;

import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.counterweight.data.BatchSource;
import org.counterweight.data.LabelledDataset;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.train.measure.Evaluator;
import org.counterweight.train.sample.Sampler;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a classifier's run, beside the batches in which they are learnt.
 *
 * @param learnt the rows to learn from
 * @param judged measures on the rows to judge by, for what is told of a result; nothing may be chosen by it. Null for none
 * @param batches of the rows to learn from as a sampler plans them, changed on their way as the run's own are
 * @param weight the tensor of a batch that says how many rows each row stands for; null where each is one
 */
public record ClassRows(
        LabelledDataset learnt,
        @Nullable Evaluator judged,
        Function<Sampler, BatchSource> batches,
        @Nullable String weight) {
    private static final int AT_ONCE = 1024; // rows, of which only labels and weights are wanted

    /** Rows whose batches are as the data set makes them, and that count once each. */
    public ClassRows(LabelledDataset learnt, @Nullable Evaluator judged) {
        this(learnt, judged, sampler -> sampler.over(learnt), null);
    }

    /** How many rows of each class there are to learn from, each as often as it weighs. */
    public double[] counts() {
        return counts(learnt, weight);
    }

    /**
     * How many of these rows each class has.
     *
     * @param weight the tensor of a batch that says how often a row counts; null where each counts once
     */
    public static double[] counts(LabelledDataset rows, @Nullable String weight) {
        if (weight == null) {
            return Arrays.stream(rows.labelCounts()).asDoubleStream().toArray();
        }
        double[] counts = new double[rows.labelNames().size()];
        for (int from = 0; from < rows.size(); from += AT_ONCE) {
            int[] some =
                    IntStream.range(from, Math.min(rows.size(), from + AT_ONCE)).toArray();
            try (var scope = Scope.open()) {
                double[] weights = Tensors.toDoubles(rows.batch(some).get(weight));
                for (int i = 0; i < some.length; i++) {
                    counts[rows.label(some[i])] += weights[i];
                }
            }
        }
        return counts;
    }
}
