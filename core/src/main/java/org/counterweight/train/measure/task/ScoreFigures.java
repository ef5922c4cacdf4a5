package org.counterweight.train.measure.task;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.train.measure.Metric;
import org.counterweight.train.objective.Objective.Losses;

/**
 * How near scores are to what they should be: {@code rmse}, the root of the mean square of the differences, {@code pearson},
 * their correlation, and {@code spearman}, that of their ranks, in which equal ones share the mean of theirs. A correlation
 * with scores that are all the same is 0.
 */
public final class ScoreFigures implements Metric {
    private final double unit;
    private final DoubleStream.Builder told = DoubleStream.builder();
    private final DoubleStream.Builder wanted = DoubleStream.builder();

    /** @param unit what a difference of 1 is in the data: their deviation, where scores are standardised */
    public ScoreFigures(double unit) {
        this.unit = unit;
    }

    @Override
    public void add(Losses losses, Batch batch) {
        Tensor scores = losses.logits();
        if (scores != null) {
            DoubleStream.of(Tensors.toDoubles(scores)).forEach(told);
            DoubleStream.of(Tensors.toDoubles(batch.labels())).forEach(wanted);
        }
    }

    @Override
    public Map<String, Double> figures() {
        double[] x = told.build().toArray();
        double[] y = wanted.build().toArray();
        var figures = new LinkedHashMap<String, Double>();
        double square = IntStream.range(0, x.length)
                .mapToDouble(i -> (x[i] - y[i]) * (x[i] - y[i]))
                .average()
                .orElse(Double.NaN);
        figures.put("rmse", unit * Math.sqrt(square));
        figures.put("pearson", correlation(x, y));
        figures.put("spearman", correlation(ranks(x), ranks(y)));
        return figures;
    }

    /** Pearson's; 0 where either is the same everywhere. */
    public static double correlation(double[] x, double[] y) {
        double mx = DoubleStream.of(x).average().orElse(0);
        double my = DoubleStream.of(y).average().orElse(0);
        double xy = 0;
        double xx = 0;
        double yy = 0;
        for (int i = 0; i < x.length; i++) {
            xy += (x[i] - mx) * (y[i] - my);
            xx += (x[i] - mx) * (x[i] - mx);
            yy += (y[i] - my) * (y[i] - my);
        }
        return xx > 0 && yy > 0 ? xy / Math.sqrt(xx) / Math.sqrt(yy) : 0;
    }

    /** From 1 for the least on; equal values have the mean of their ranks. */
    public static double[] ranks(double[] values) {
        double[] sorted =
                Arrays.stream(values).map(value -> value + 0.0).sorted().toArray(); // -0.0 is 0.0
        double[] ranks = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            ranks[i] = (below(sorted, values[i], false) + 1 + below(sorted, values[i], true)) / 2.0;
        }
        return ranks;
    }

    /** How many are less than the value, or with {@code orEqual} at most as large. */
    private static int below(double[] sorted, double value, boolean orEqual) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] < value || orEqual && sorted[middle] <= value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
