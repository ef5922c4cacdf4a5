package org.counterweight.jobs.evaluate;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.counterweight.report.Text;
import org.counterweight.train.measure.statistic.Weighted;

/**
 * A number a row, in the units of the data.
 *
 * @param truth what it is
 * @param told what the model says
 * @param weights how many rows each row stands for
 */
record JudgedScores(double[] truth, double[] told, double[] weights) implements Judged {
    @Override
    public int rows() {
        return truth.length;
    }

    /** The root of the mean square error, the mean absolute error, and the correlations of values and of ranks. */
    @Override
    public Map<String, Double> figures(int[] rows) {
        double[] wanted = Arrays.stream(rows).mapToDouble(row -> truth[row]).toArray();
        double[] given = Arrays.stream(rows).mapToDouble(row -> told[row]).toArray();
        double[] each = weights(rows);
        double[] losses = losses(rows);
        double[] squares = DoubleStream.of(losses).map(loss -> loss * loss).toArray();
        var figures = new LinkedHashMap<String, Double>();
        figures.put("rmse", Math.sqrt(Weighted.mean(squares, each)));
        figures.put("mae", Weighted.mean(losses, each));
        figures.put("pearson", Weighted.correlation(given, wanted, each));
        figures.put("spearman", Weighted.correlation(Weighted.ranks(given, each), Weighted.ranks(wanted, each), each));
        return figures;
    }

    @Override
    public double loss(int row) {
        return Math.abs(told[row] - truth[row]);
    }

    @Override
    public String truth(int row) {
        return new BigDecimal(Float.toString((float) truth[row])) // as exact as it was learnt from
                .stripTrailingZeros()
                .toPlainString();
    }

    @Override
    public String told(int row) {
        return Text.figure(told[row]);
    }

    /** The error of always saying the mean of these rows. */
    @Override
    public Map<String, Double> baseline() {
        double mean = Weighted.mean(truth, weights);
        double[] squares = DoubleStream.of(truth)
                .map(value -> (value - mean) * (value - mean))
                .toArray();
        return Map.of("rmse", Math.sqrt(Weighted.mean(squares, weights)));
    }
}
