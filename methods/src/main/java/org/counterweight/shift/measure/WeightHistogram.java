package org.counterweight.shift.measure;

import java.io.Serializable;
import java.util.Arrays;

/**
 * How weights are spread, of any number of them in the memory of a few.
 *
 * @param count of weights
 * @param sum Σ w
 * @param squares Σ w²
 * @param least the lowest
 * @param most the highest
 * @param zeros weights that are 0
 * @param bins how many weights lie in each of {@value #BINS} parts of [2⁻⁸, 2⁸), cut by their logarithm; those outside in the first
 *     and the last
 */
public record WeightHistogram(long count, double sum, double squares, double least, double most, long zeros, long[] bins)
        implements Serializable {
    /** Parts of the histogram. */
    public static final int BINS = 64;

    private static final double LOWEST = -8;
    private static final double WIDTH = 16.0 / BINS;

    /** Of no weights. */
    public static final WeightHistogram NONE =
            new WeightHistogram(0, 0, 0, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0, new long[BINS]);

    public WeightHistogram {
        bins = bins.clone();
    }

    @Override
    public long[] bins() {
        return bins.clone();
    }

    /** Of weights. */
    public static WeightHistogram of(double... weights) {
        long[] bins = new long[BINS];
        double sum = 0;
        double squares = 0;
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        long zeros = 0;
        for (double w : weights) {
            sum += w;
            squares += w * w;
            least = Math.min(least, w);
            most = Math.max(most, w);
            if (w > 0) {
                int bin = (int) Math.floor((Math.log(w) / Math.log(2) - LOWEST) / WIDTH);
                bins[Math.max(0, Math.min(BINS - 1, bin))]++;
            } else {
                zeros++;
            }
        }
        return new WeightHistogram(weights.length, sum, squares, least, most, zeros, bins);
    }

    /** Where a part of the histogram ends. */
    public static double end(int bin) {
        return Math.pow(2, LOWEST + (bin + 1) * WIDTH);
    }

    /** Of both. */
    public WeightHistogram plus(WeightHistogram other) {
        long[] all = bins.clone();
        Arrays.setAll(all, i -> bins[i] + other.bins[i]);
        return new WeightHistogram(
                count + other.count,
                sum + other.sum,
                squares + other.squares,
                Math.min(least, other.least),
                Math.max(most, other.most),
                zeros + other.zeros,
                all);
    }

    public double mean() {
        return sum / count;
    }

    /** Kish's effective size. */
    public double effective() {
        return EffectiveSize.of(sum, squares);
    }
}
