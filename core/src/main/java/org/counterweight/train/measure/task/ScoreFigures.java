package org.counterweight.train.measure.task;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.train.measure.Metric;
import org.counterweight.train.measure.statistic.Weighted;
import org.counterweight.train.objective.Objective.Losses;

/**
 * How near scores are to what they should be: {@code rmse}, the root of the mean square of the differences, {@code pearson},
 * their correlation, and {@code spearman}, that of their ranks, in which equal ones share the mean of theirs. A correlation
 * with scores that are all the same is 0. Each row counts as often as its weight says.
 */
public final class ScoreFigures implements Metric {
    private final double unit;
    private final DoubleStream.Builder told = DoubleStream.builder();
    private final DoubleStream.Builder wanted = DoubleStream.builder();
    private final DoubleStream.Builder each = DoubleStream.builder();

    /** @param unit what a difference of 1 is in the data: their deviation, where scores are standardised */
    public ScoreFigures(double unit) {
        this.unit = unit;
    }

    @Override
    public void add(Losses losses, Batch batch, Tensor weights) {
        Tensor scores = losses.logits();
        if (scores != null) {
            DoubleStream.of(Tensors.toDoubles(scores)).forEach(told);
            DoubleStream.of(Tensors.toDoubles(batch.labels())).forEach(wanted);
            DoubleStream.of(Tensors.toDoubles(weights)).forEach(each);
        }
    }

    @Override
    public Map<String, Double> figures() {
        double[] x = told.build().toArray();
        double[] y = wanted.build().toArray();
        double[] w = each.build().toArray();
        var figures = new LinkedHashMap<String, Double>();
        double[] squares = IntStream.range(0, x.length)
                .mapToDouble(i -> (x[i] - y[i]) * (x[i] - y[i]))
                .toArray();
        figures.put("rmse", unit * Math.sqrt(Weighted.mean(squares, w)));
        figures.put("pearson", Weighted.correlation(x, y, w));
        figures.put("spearman", Weighted.correlation(Weighted.ranks(x, w), Weighted.ranks(y, w), w));
        return figures;
    }
}
