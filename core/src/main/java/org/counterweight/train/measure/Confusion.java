package org.counterweight.train.measure;

import java.util.List;
import java.util.stream.IntStream;

/**
 * How often rows of each class were taken for each class.
 *
 * @param labels the classes' names
 * @param counts {@code counts[truth][guess]}
 */
public record Confusion(List<String> labels, long[][] counts) {
    /**
     * How one class fared; a figure whose denominator is 0 is 0.
     *
     * @param support rows of the class
     */
    public record PerClass(String label, long support, double precision, double recall, double f1) {}

    public long rows() {
        long rows = 0;
        for (long[] row : counts) {
            for (long count : row) {
                rows += count;
            }
        }
        return rows;
    }

    /** The share of rows that were taken for what they are. */
    public double accuracy() {
        long right = 0;
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
        long right = counts[c][c];
        return new PerClass(
                labels.get(c),
                truths(c),
                ratio(right, guesses(c)),
                ratio(right, truths(c)),
                ratio(2 * right, truths(c) + guesses(c)));
    }

    private long truths(int c) {
        long sum = 0;
        for (long count : counts[c]) {
            sum += count;
        }
        return sum;
    }

    private long guesses(int c) {
        long sum = 0;
        for (long[] row : counts) {
            sum += row[c];
        }
        return sum;
    }

    private static double ratio(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }
}
