package org.counterweight.jobs.evaluate;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.counterweight.train.measure.task.ScoreFigures;

/**
 * A number a row, in the units of the data.
 *
 * @param truth what it is
 * @param told what the model says
 */
record JudgedScores(double[] truth, double[] told) implements Judged {
    @Override
    public int rows() {
        return truth.length;
    }

    /** The root of the mean square error, the mean absolute error, and the correlations of values and of ranks. */
    @Override
    public Map<String, Double> figures(int[] rows) {
        double[] wanted = Arrays.stream(rows).mapToDouble(row -> truth[row]).toArray();
        double[] given = Arrays.stream(rows).mapToDouble(row -> told[row]).toArray();
        var figures = new LinkedHashMap<String, Double>();
        figures.put(
                "rmse",
                Math.sqrt(Arrays.stream(rows)
                        .mapToDouble(row -> loss(row) * loss(row))
                        .average()
                        .orElse(Double.NaN)));
        figures.put("mae", Arrays.stream(rows).mapToDouble(this::loss).average().orElse(Double.NaN));
        figures.put("pearson", ScoreFigures.correlation(given, wanted));
        figures.put("spearman", ScoreFigures.correlation(ScoreFigures.ranks(given), ScoreFigures.ranks(wanted)));
        return figures;
    }

    @Override
    public double loss(int row) {
        return Math.abs(told[row] - truth[row]);
    }

    @Override
    public String truth(int row) {
        return String.valueOf(truth[row]);
    }

    @Override
    public String told(int row) {
        return String.format(Locale.ROOT, "%.4g", told[row]);
    }

    /** The error of always saying the mean of these rows. */
    @Override
    public Map<String, Double> baseline() {
        double mean = Arrays.stream(truth).average().orElse(Double.NaN);
        return Map.of(
                "rmse",
                Math.sqrt(Arrays.stream(truth)
                        .map(value -> (value - mean) * (value - mean))
                        .average()
                        .orElse(Double.NaN)));
    }
}
