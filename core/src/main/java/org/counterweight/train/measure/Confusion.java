package org.counterweight.train.measure;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * How often rows of each class were taken for each class.
 *
 * @param labels the classes' names
 * @param counts {@code counts[truth][guess]}, each row as often as its weight says
 */
public record Confusion(List<String> labels, double[][] counts) {
    /**
     * How one class fared; a figure whose denominator is 0 is 0.
     *
     * @param support rows of the class, each as often as its weight says
     */
    public record PerClass(String label, double support, double precision, double recall, double f1) {}

    /** Of rows that count once each. */
    public Confusion(List<String> labels, long[][] counts) {
        this(
                labels,
                Arrays.stream(counts)
                        .map(row -> LongStream.of(row).asDoubleStream().toArray())
                        .toArray(double[][]::new));
    }

    /** How many rows were counted. */
    public double rows() {
        return Arrays.stream(counts).flatMapToDouble(DoubleStream::of).sum();
    }

    /** The share of rows that were taken for what they are. */
    public double accuracy() {
        double right = 0;
        for (int c = 0; c < counts.length; c++) {
            right += counts[c][c];
        }
        return ratio(right, rows());
    }

    /** The mean F1 of the classes that occur, as truth or as guess; scikit-learn's default. */
    public double macroF1() {
        double sum = 0;
        int present = 0;
        for (int c = 0; c < counts.length; c++) {
            if (truths(c) + guesses(c) > 0) {
                sum += of(c).f1();
                present++;
            }
        }
        return present == 0 ? 0 : sum / present;
    }

    /** One line a class. */
    public List<PerClass> perClass() {
        return IntStream.range(0, counts.length).mapToObj(this::of).toList();
    }

    private PerClass of(int c) {
        double right = counts[c][c];
        return new PerClass(
                labels.get(c),
                truths(c),
                ratio(right, guesses(c)),
                ratio(right, truths(c)),
                ratio(2 * right, truths(c) + guesses(c)));
    }

    private double truths(int c) {
        return DoubleStream.of(counts[c]).sum();
    }

    private double guesses(int c) {
        return Arrays.stream(counts).mapToDouble(row -> row[c]).sum();
    }

    private static double ratio(double part, double whole) {
        return whole == 0 ? 0 : part / whole;
    }
}
