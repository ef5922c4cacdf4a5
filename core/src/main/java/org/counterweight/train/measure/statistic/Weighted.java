package org.counterweight.train.measure.statistic;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Statistics of values that have weights: what they are of the values repeated as often as whole-number weights say. */
public final class Weighted {
    private Weighted() {}

    /** Weights of 1. */
    public static double[] ones(int rows) {
        double[] ones = new double[rows];
        Arrays.fill(ones, 1);
        return ones;
    }

    /** Σ w x / Σ w; NaN where no value counts. A value of weight 0 is left out, whatever it is. */
    public static double mean(double[] values, double[] weights) {
        double sum = IntStream.range(0, values.length)
                .mapToDouble(i -> weights[i] == 0 ? 0 : weights[i] * values[i])
                .sum();
        return sum / DoubleStream.of(weights).sum();
    }

    /** Pearson's correlation; 0 where either is the same everywhere. */
    public static double correlation(double[] x, double[] y, double[] weights) {
        double mx = mean(x, weights);
        double my = mean(y, weights);
        double xy = 0;
        double xx = 0;
        double yy = 0;
        for (int i = 0; i < x.length; i++) {
            if (weights[i] > 0) {
                xy += weights[i] * (x[i] - mx) * (y[i] - my);
                xx += weights[i] * (x[i] - mx) * (x[i] - mx);
                yy += weights[i] * (y[i] - my) * (y[i] - my);
            }
        }
        return xx > 0 && yy > 0 ? xy / Math.sqrt(xx) / Math.sqrt(yy) : 0;
    }

    /** From 1 for the least on, if it counts once; equal values have the mean of their ranks. */
    public static double[] ranks(double[] values, double[] weights) {
        int[] order = IntStream.range(0, values.length)
                .boxed()
                .sorted(Comparator.comparingDouble(row -> values[row] + 0.0)) // -0.0 is 0.0
                .mapToInt(Integer::intValue)
                .toArray();
        double[] ranks = new double[values.length];
        double below = 0;
        for (int from = 0; from < order.length; ) {
            int to = from;
            double equal = 0;
            while (to < order.length && values[order[to]] == values[order[from]]) {
                equal += weights[order[to++]];
            }
            if (to == from) { // NaN, which equals nothing
                equal = weights[order[to++]];
            }
            for (; from < to; from++) {
                ranks[order[from]] = below + (equal + 1) / 2;
            }
            below += equal;
        }
        return ranks;
    }
}
