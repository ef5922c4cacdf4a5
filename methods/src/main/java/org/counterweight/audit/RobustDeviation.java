package org.counterweight.audit;

import java.util.Arrays;

/**
 * How far numbers lie from the bulk of their like: (x − median) / (1.4826 MAD + floor). Median and MAD, the median of |x −
 * median|, are the lower of the two middle ones where the count is even.
 *
 * @param floor keeps the quotient finite where most numbers are equal
 */
public record RobustDeviation(double median, double mad, double floor) {
    /** Makes the MAD of a normal distribution its standard deviation. */
    private static final double NORMAL = 1.4826;

    /** The bulk of some numbers, of which there is at least one. */
    public static RobustDeviation of(double[] numbers, double floor) {
        if (numbers.length == 0) {
            throw new IllegalArgumentException("no numbers have no median");
        }
        double median = lowerMedian(numbers);
        double[] away = Arrays.stream(numbers).map(x -> Math.abs(x - median)).toArray();
        return new RobustDeviation(median, lowerMedian(away), floor);
    }

    private static double lowerMedian(double[] numbers) {
        double[] sorted = numbers.clone();
        Arrays.sort(sorted);
        return sorted[(sorted.length - 1) / 2];
    }

    public double z(double x) {
        return (x - median) / (NORMAL * mad + floor);
    }
}
