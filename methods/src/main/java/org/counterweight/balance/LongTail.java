package org.counterweight.balance;

import java.util.stream.IntStream;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;

/**
 * Cuts balanced rows down to a long tail: n_c = r(n_max ρ^(c / (C − 1))) rows of class c, the first in the order of the
 * data. A fixed subset on purpose, so that everybody compares on the same rows.
 *
 * <p>Y. Cui et al., CVPR 2019, section 5.1, as in the code of Alshammari et al. (CVPR 2022; {@code floor}, nothing held
 * out) and of Hasegawa and Sato (ICLR 2024; {@code round}, 20 held out). With a step and an odd number of classes the tail
 * has the one more, where the first of these codes has one count too few.
 */
public record LongTail(
        @Setting(
                value = "Rows of the rarest class for each of the most frequent",
                defaultsTo = "0.01",
                range = "(0, 1]; a factor of 100 is 0.01")
        double imbalance,

        @Setting(
                value = "How counts fall: exp from class to class, step at half of the classes, none",
                defaultsTo = "\"exp\"",
                oneOf = {"exp", "step", "none"})
        Shape shape,

        @Setting(
                value = "How a count becomes whole: floor, or round (a half to the even number)",
                defaultsTo = "\"round\"",
                oneOf = {"floor", "round"})
        Rounding rounding,

        @Setting(value = "Rows of each class that are held out to choose by", defaultsTo = "20", range = "at least 0")
        int holdout) {

    /** How counts fall from class to class. */
    public enum Shape {
        EXP,
        STEP,
        NONE
    }

    /** How a count becomes whole. */
    public enum Rounding {
        FLOOR,
        ROUND;

        private long of(double count) {
            return (long) (this == FLOOR ? Math.floor(count) : Math.rint(count));
        }
    }

    /**
     * The rows that are kept, class by class.
     *
     * @param train numbers of rows to learn from
     * @param valid numbers of rows to choose by
     * @param counts rows of each class in {@code train}
     */
    public record Kept(int[] train, int[] valid, long[] counts) {}

    public LongTail {
        Checks.ranges(LongTail.class, "", imbalance, holdout);
    }

    /**
     * The rows of each class to learn from.
     *
     * @param rows of all classes together, N
     * @throws ConfigException naming a class for which none would be left
     */
    public long[] counts(long rows, int classes) {
        double most = (double) rows / classes - holdout;
        long[] counts = IntStream.range(0, classes)
                .mapToLong(c -> rounding.of(most * share(c, classes)))
                .toArray();
        for (int c = 0; c < classes; c++) {
            if (counts[c] < 1) {
                throw new ConfigException("class " + c + " would keep " + counts[c] + " rows of " + most
                        + " with imbalance: " + imbalance + "; take a larger one, or more rows");
            }
        }
        return counts;
    }

    private double share(int c, int classes) {
        return switch (shape) {
            case EXP -> Math.pow(imbalance, c / Math.max(1.0, classes - 1.0));
            case STEP -> c < classes / 2 ? 1 : imbalance;
            case NONE -> 1;
        };
    }

    /**
     * Chooses the rows.
     *
     * @param labels the class of each row, in [0, classes)
     * @throws ConfigException naming a class with too few rows
     */
    public Kept of(long[] labels, int classes) {
        long[] counts = counts(labels.length, classes);
        int[][] rows = rowsOf(labels, classes);
        for (int c = 0; c < classes; c++) {
            if (rows[c].length < counts[c] + holdout) {
                throw new ConfigException("class " + c + " has " + rows[c].length + " rows, and " + counts[c]
                        + " to learn from with " + holdout + " held out are asked for; lower holdout, or add rows");
            }
        }
        return new Kept(
                IntStream.range(0, classes)
                        .flatMap(c -> IntStream.of(rows[c]).limit(counts[c]))
                        .toArray(),
                IntStream.range(0, classes)
                        .flatMap(c -> IntStream.of(rows[c]).skip(counts[c]).limit(holdout))
                        .toArray(),
                counts);
    }

    private static int[][] rowsOf(long[] labels, int classes) {
        int[] sizes = new int[classes];
        for (long label : labels) {
            if (label < 0 || label >= classes) {
                throw new ConfigException("label", label, "a class from 0 to " + (classes - 1));
            }
            sizes[(int) label]++;
        }
        int[][] rows = IntStream.of(sizes).mapToObj(int[]::new).toArray(int[][]::new);
        int[] filled = new int[classes];
        for (int row = 0; row < labels.length; row++) {
            int label = (int) labels[row];
            rows[label][filled[label]++] = row;
        }
        return rows;
    }
}
