package org.counterweight.data;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Seed;

/** A data set in three parts that share no row: to learn from, to choose by, to judge by. */
public record Split<D extends Dataset>(D train, D dev, D test) {

    /**
     * A random split in which every class has the same share of each part, up to rounding.
     *
     * @param dev the share of the rows to choose by, in [0, 1)
     * @param test the share of the rows to judge by, in [0, 1); dev + test below 1
     */
    public static Split<LabelledDataset> stratified(LabelledDataset data, double dev, double test, Seed seed) {
        check(dev, test);
        int[][] byLabel = shuffledByLabel(data, seed);
        int[] counts = data.labelCounts();
        int[] devCounts = apportion(counts, (int) Math.round(data.size() * dev), false);
        int[] testCounts = apportion(subtract(counts, devCounts), (int) Math.round(data.size() * test), false);
        int[] held = add(devCounts, testCounts);
        return new Split<>(
                data.select(take(byLabel, held, counts)),
                data.select(take(byLabel, new int[counts.length], devCounts)),
                data.select(take(byLabel, devCounts, held)));
    }

    /** A random split of rows without classes. */
    public static Split<Dataset> random(Dataset data, double dev, double test, Seed seed) {
        check(dev, test);
        int[] order = seed.permutation(data.size());
        int devEnd = (int) Math.round(data.size() * dev);
        int testEnd = devEnd + Math.min(data.size() - devEnd, (int) Math.round(data.size() * test));
        return new Split<>(
                data.select(sorted(order, testEnd, order.length)),
                data.select(sorted(order, 0, devEnd)),
                data.select(sorted(order, devEnd, testEnd)));
    }

    /**
     * A random split in which rows of one group stay together, so that parts are as large as groups allow.
     *
     * @param group of each row, from 0
     * @param groups how many there are
     * @param dev the share of the rows to choose by, in [0, 1)
     * @param test the share of the rows to judge by, in [0, 1); dev + test below 1
     */
    public static Split<Dataset> grouped(Dataset data, int[] group, int groups, double dev, double test, Seed seed) {
        check(dev, test);
        int[] sizes = new int[groups];
        Arrays.stream(group).forEach(g -> sizes[g]++);
        long[] lacking = {Math.round(data.size() * test), Math.round(data.size() * dev)};
        int[] part = new int[groups]; // 0 to learn from, 1 to judge by, 2 to choose by
        for (int g : seed.permutation(groups)) {
            for (int held = 0; held < lacking.length && part[g] == 0; held++) {
                if (lacking[held] > 0 && sizes[g] <= lacking[held] + sizes[g] / 2) { // nearer to it with than without
                    part[g] = held + 1;
                    lacking[held] -= sizes[g];
                }
            }
        }
        return new Split<>(
                data.select(rowsOf(group, part, 0)),
                data.select(rowsOf(group, part, 2)),
                data.select(rowsOf(group, part, 1)));
    }

    private static int[] rowsOf(int[] group, int[] part, int which) {
        return IntStream.range(0, group.length)
                .filter(row -> part[group[row]] == which)
                .toArray();
    }

    /**
     * The last rows to judge by, those before them to choose by, the first to learn from.
     *
     * @param order the rows' numbers
     * @param dev the share of the rows to choose by, in [0, 1)
     * @param test the share of the rows to judge by, in [0, 1); dev + test below 1
     */
    public static Split<Dataset> ordered(Dataset data, int[] order, double dev, double test) {
        check(dev, test);
        int testBegin = order.length - (int) Math.round(order.length * test);
        int devBegin = Math.max(0, testBegin - (int) Math.round(order.length * dev));
        return new Split<>(
                data.select(sorted(order, 0, devBegin)),
                data.select(sorted(order, devBegin, testBegin)),
                data.select(sorted(order, testBegin, order.length)));
    }

    /**
     * At most {@code rows} rows, chosen at random, with the classes in their old proportions; each class keeps at least one
     * row where there is room for that. The data set itself if it is no larger.
     */
    public static LabelledDataset limit(LabelledDataset data, int rows, Seed seed) {
        if (rows < 1) {
            throw new ConfigException("limit", rows, "at least 1 row");
        }
        if (rows >= data.size()) {
            return data;
        }
        int[] counts = data.labelCounts();
        int[] kept = apportion(counts, rows, true);
        return data.select(take(shuffledByLabel(data, seed), new int[counts.length], kept));
    }

    /** At most {@code rows} rows of each class, chosen at random: for few-shot work, and for cutting a long tail's head. */
    public static LabelledDataset limitEachClass(LabelledDataset data, int rows, Seed seed) {
        if (rows < 1) {
            throw new ConfigException("limit_each_class", rows, "at least 1 row");
        }
        int[] kept =
                Arrays.stream(data.labelCounts()).map(n -> Math.min(n, rows)).toArray();
        return data.select(take(shuffledByLabel(data, seed), new int[kept.length], kept));
    }

    private static void check(double dev, double test) {
        if (!(dev >= 0 && dev < 1)) {
            throw new ConfigException("dev", dev, "a share in [0, 1) (0.1 is usual)");
        }
        if (!(test >= 0 && dev + test < 1)) {
            throw new ConfigException(
                    "test", test, "a share in [0, 1) that leaves rows to learn from beside dev: " + dev);
        }
    }

    /** The rows of each class, each in an order of its own, so that a change in one class moves no row of another. */
    private static int[][] shuffledByLabel(LabelledDataset data, Seed seed) {
        int[] counts = data.labelCounts();
        int[][] rows = new int[counts.length][];
        int[] filled = new int[counts.length];
        for (int label = 0; label < counts.length; label++) {
            rows[label] = new int[counts[label]];
        }
        int[][] places = new int[counts.length][];
        for (int label = 0; label < counts.length; label++) {
            places[label] = seed.child(label).permutation(counts[label]);
        }
        for (int row = 0; row < data.size(); row++) {
            int label = data.label(row);
            rows[label][places[label][filled[label]++]] = row;
        }
        return rows;
    }

    /** From each class the rows at places [from, to) of its order, all in the order of the data set. */
    private static int[] take(int[][] byLabel, int[] from, int[] to) {
        int[] rows = new int[Arrays.stream(to).sum() - Arrays.stream(from).sum()];
        int at = 0;
        for (int label = 0; label < byLabel.length; label++) {
            int length = to[label] - from[label];
            System.arraycopy(byLabel[label], from[label], rows, at, length);
            at += length;
        }
        Arrays.sort(rows);
        return rows;
    }

    private static int[] sorted(int[] order, int from, int to) {
        int[] rows = Arrays.copyOfRange(order, from, to);
        Arrays.sort(rows);
        return rows;
    }

    /** Shares {@code total} among classes in proportion to {@code counts}, by the method of largest remainders. */
    static int[] apportion(int[] counts, int total, boolean oneOfEach) {
        long all = Arrays.stream(counts).asLongStream().sum();
        int[] shares = new int[counts.length];
        if (all == 0) {
            return shares;
        }
        double[] quotas = new double[counts.length];
        int given = 0;
        long inhabited = Arrays.stream(counts).filter(n -> n > 0).count();
        for (int k = 0; k < counts.length; k++) {
            quotas[k] = (double) counts[k] * total / all;
            shares[k] = (int) Math.min(counts[k], Math.floor(quotas[k]));
            if (oneOfEach && inhabited <= total && counts[k] > 0) {
                shares[k] = Math.max(1, shares[k]);
            }
            given += shares[k];
        }
        for (; given < Math.min(total, all); given++) {
            shares[furthest(counts, quotas, shares, +1)]++;
        }
        for (; given > total; given--) {
            shares[furthest(counts, quotas, shares, -1)]--;
        }
        return shares;
    }

    /** The class that is furthest below (+1) or above (−1) its quota and can still be given or taken a row. */
    private static int furthest(int[] counts, double[] quotas, int[] shares, int sign) {
        int best = -1;
        for (int k = 0; k < counts.length; k++) {
            boolean possible = sign > 0 ? shares[k] < counts[k] : shares[k] > 1;
            if (possible && (best < 0 || sign * (quotas[k] - shares[k]) > sign * (quotas[best] - shares[best]))) {
                best = k;
            }
        }
        return best;
    }

    private static int[] add(int[] a, int[] b) {
        int[] sum = a.clone();
        Arrays.setAll(sum, i -> a[i] + b[i]);
        return sum;
    }

    private static int[] subtract(int[] a, int[] b) {
        int[] difference = a.clone();
        Arrays.setAll(difference, i -> a[i] - b[i]);
        return difference;
    }
}
