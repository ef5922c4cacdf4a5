package org.counterweight.jobs.evaluate;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.counterweight.jobs.predict.decide.Thresholds;
import org.counterweight.train.measure.Confusion;
import org.counterweight.train.measure.statistic.Weighted;
import org.counterweight.train.measure.uncertainty.Bootstrap;
import org.counterweight.train.measure.uncertainty.Calibration;

/**
 * One class a row.
 *
 * @param labels the names of the classes
 * @param truth the class of each row
 * @param guess the class that the model told of each
 * @param shares the probability of each class, row by row
 * @param weights how many rows each row stands for
 */
record JudgedClasses(List<String> labels, int[] truth, int[] guess, double[] shares, double[] weights)
        implements Judged {
    /** A probability of 0 would cost infinitely much; less than this float32 hardly tells. */
    private static final double LEAST = 1e-12;

    /** The guess is the likeliest class or, of two, what a threshold says, as {@code cw predict} has it. */
    static JudgedClasses of(
            List<String> labels, int[] truth, double[] shares, Thresholds thresholds, double[] weights) {
        int[] guess = IntStream.range(0, truth.length)
                .map(row -> thresholds.chosen(labels, shares, row))
                .toArray();
        return new JudgedClasses(labels, truth, guess, shares, weights);
    }

    @Override
    public int rows() {
        return truth.length;
    }

    /** Accuracy, macro-F1, the mean surprise of the truth in nats, and the expected calibration error. */
    @Override
    public Map<String, Double> figures(int[] rows) {
        Confusion confusion = confusion(rows);
        var figures = new LinkedHashMap<String, Double>();
        figures.put("accuracy", confusion.accuracy());
        figures.put("macro_f1", confusion.macroF1());
        figures.put("log_loss", Weighted.mean(losses(rows), weights(rows)));
        figures.put("calibration_error", calibration(rows).expectedError());
        return figures;
    }

    @Override
    public double loss(int row) {
        return -Math.log(Math.max(LEAST, share(row, truth[row])));
    }

    @Override
    public String truth(int row) {
        return labels.get(truth[row]);
    }

    @Override
    public String told(int row) {
        return String.format(Locale.ROOT, "%s (%.2f)", labels.get(guess[row]), share(row, guess[row]));
    }

    /** The share of the most frequent class. */
    @Override
    public Map<String, Double> baseline() {
        double[] counts = new double[labels.size()];
        for (int row = 0; row < truth.length; row++) {
            counts[truth[row]] += weights[row];
        }
        return Map.of(
                "accuracy",
                DoubleStream.of(counts).max().orElse(0)
                        / DoubleStream.of(counts).sum());
    }

    @Override
    public Confusion confusion() {
        return confusion(Bootstrap.all(rows()));
    }

    @Override
    public Calibration calibration() {
        return calibration(Bootstrap.all(rows()));
    }

    private Confusion confusion(int[] rows) {
        double[][] counts = new double[labels.size()][labels.size()];
        for (int row : rows) {
            counts[truth[row]][guess[row]] += weights[row];
        }
        return new Confusion(labels, counts);
    }

    private Calibration calibration(int[] rows) {
        double[] confidence =
                Arrays.stream(rows).mapToDouble(row -> share(row, guess[row])).toArray();
        boolean[] right = new boolean[rows.length];
        for (int i = 0; i < rows.length; i++) {
            right[i] = guess[rows[i]] == truth[rows[i]];
        }
        return Calibration.of(confidence, right, weights(rows), Calibration.USUAL_BINS);
    }

    private double share(int row, int c) {
        return shares[row * labels.size() + c];
    }
}
