package org.counterweight.train.measure.uncertainty;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;

/**
 * How figures of some rows would vary on other rows of the same kind: they are measured again and again on rows drawn from
 * these with replacement, and the middle of what comes out is the interval. The percentile interval of Efron and Tibshirani,
 * An Introduction to the Bootstrap (1993), section 13.3.
 *
 * @param resamples how often rows are drawn, at least 100
 * @param level share of the resamples that lie within the interval, in [0, 1]; 0.95 is usual
 * @param seed of the draws
 */
public record Bootstrap(int resamples, double level, long seed) {
    /** Of fewer draws the ends of an interval are chance. */
    public static final int LEAST = 100;

    /** A thousand draws, 95 %, of seed 0. */
    public static Bootstrap usual() {
        return new Bootstrap(1000, 0.95, 0);
    }

    public Bootstrap {
        if (resamples < LEAST) {
            throw new ConfigException("resamples", resamples, "an integer of at least " + LEAST + " (1000 is usual)");
        }
        Checks.share("level", level, "a number from 0 to 1 (0.95 is usual)");
    }

    /**
     * The interval of each figure; one that is undefined for a resample is measured on the others.
     *
     * @param rows at least 1
     * @param figures of the rows of these numbers, which may repeat; the array is used again for the next
     */
    public Map<String, Interval> intervals(int rows, Function<int[], Map<String, Double>> figures) {
        var random = new SplittableRandom(seed);
        var values = new LinkedHashMap<String, DoubleStream.Builder>();
        int[] drawn = new int[rows];
        for (int i = 0; i < resamples; i++) {
            for (int row = 0; row < rows; row++) {
                drawn[row] = random.nextInt(rows);
            }
            figures.apply(drawn)
                    .forEach((name, value) -> values.computeIfAbsent(name, key -> DoubleStream.builder())
                            .add(value));
        }
        var intervals = new LinkedHashMap<String, Interval>();
        values.forEach((name, all) -> {
            double[] sorted =
                    all.build().filter(value -> !Double.isNaN(value)).sorted().toArray();
            if (sorted.length > 0) {
                intervals.put(name, new Interval(quantile(sorted, (1 - level) / 2), quantile(sorted, (1 + level) / 2)));
            }
        });
        return intervals;
    }

    /** The rows from 0 on, for the figures of all of them. */
    public static int[] all(int rows) {
        int[] all = new int[rows];
        Arrays.setAll(all, row -> row);
        return all;
    }

    /** Between the values whose places are nearest, as NumPy's default. */
    private static double quantile(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
