package org.counterweight.train.measure.uncertainty;

import java.util.ArrayList;
import java.util.List;
import org.counterweight.train.measure.statistic.Weighted;

/**
 * Whether probabilities mean what they say: of the answers that a model gives with a probability of 0.8, eight of ten should
 * be right. Guo et al., On Calibration of Modern Neural Networks (2017), equations 2 and 3.
 *
 * @param bins of equal width from 0 to 1, the empty ones included
 */
public record Calibration(List<Bin> bins) {
    /** As many as Guo et al. have. */
    public static final int USUAL_BINS = 15;

    /**
     * Answers whose probability lies in {@code (low, high]}.
     *
     * @param rows how many, each as often as its weight says
     * @param confidence the mean of their probabilities; NaN without rows
     * @param accuracy the share of them that is right; NaN without rows
     */
    public record Bin(double low, double high, double rows, double confidence, double accuracy) {}

    public Calibration {
        bins = List.copyOf(bins);
    }

    /**
     * Of some answers.
     *
     * @param probability of each
     * @param right whether it is right
     * @param bins how many; {@value #USUAL_BINS} are usual
     */
    public static Calibration of(double[] probability, boolean[] right, int bins) {
        return of(probability, right, Weighted.ones(right.length), bins);
    }

    /**
     * The same of answers to rows that have weights.
     *
     * @param weights how many rows each stands for, none below 0
     */
    public static Calibration of(double[] probability, boolean[] right, double[] weights, int bins) {
        double[] count = new double[bins];
        double[] confidence = new double[bins];
        double[] hits = new double[bins];
        for (int row = 0; row < right.length; row++) {
            int bin = Math.min(bins - 1, Math.max(0, (int) Math.ceil(probability[row] * bins) - 1));
            count[bin] += weights[row];
            confidence[bin] += weights[row] * probability[row];
            hits[bin] += right[row] ? weights[row] : 0;
        }
        var all = new ArrayList<Bin>();
        for (int bin = 0; bin < bins; bin++) {
            double n = count[bin];
            all.add(new Bin(
                    bin / (double) bins, (bin + 1) / (double) bins, count[bin], confidence[bin] / n, hits[bin] / n));
        }
        return new Calibration(all);
    }

    /** The mean over rows of how far accuracy and confidence are apart in a row's bin: the expected calibration error. */
    public double expectedError() {
        double sum = 0;
        double rows = 0;
        for (Bin bin : bins) {
            if (bin.rows() > 0) {
                sum += bin.rows() * Math.abs(bin.accuracy() - bin.confidence());
                rows += bin.rows();
            }
        }
        return rows == 0 ? 0 : sum / rows;
    }
}
