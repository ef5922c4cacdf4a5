package org.counterweight.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.engine.Seed;

/**
 * How the rows of a data set are grouped into batches. A pure function of data, seed and settings: a run that is resumed
 * plans the same epoch again and goes on where it stopped.
 *
 * @param size rows in a batch; the last of an epoch may have fewer
 * @param bucket how many batches' rows are sorted by length together before they are cut into batches, so that little is
 *     padded; 1 leaves the order to chance
 */
public record Batching(
        @Setting(value = "Rows in a batch", defaultsTo = "32", range = "at least 1; 16 to 64 is usual")
        int size,

        @Setting(
                value = "Batches whose rows are sorted by length together, to save padding; 1 for none",
                defaultsTo = "16",
                range = "at least 1; 16 is usual, 1 for none")
        int bucket) {
    public Batching {
        Checks.ranges(Batching.class, "", size, bucket);
    }

    /** Batches of {@code size} rows, the rows of 16 batches sorted by length together. */
    public static Batching of(int size) {
        return new Batching(size, 16);
    }

    /** For passing rows through a model that learns nothing: this many at a time, or all where one costs as much. */
    public static Batching reading(Dataset data, int size) {
        return data.isOneContext() ? new Batching(Math.max(1, data.size()), 1) : of(size);
    }

    /**
     * One epoch: every row once, in random order.
     *
     * @param seed the epoch's own, {@code seed.child(epoch)}
     * @return the row numbers of each batch
     */
    public List<int[]> shuffled(Dataset data, Seed seed) {
        return grouped(data, seed.permutation(data.size()), seed);
    }

    /**
     * One epoch of these rows, in batches of like length where {@link #bucket} says so.
     *
     * @param order row numbers in random order, any of them as often as it comes; changed in place
     * @param seed the epoch's own
     */
    public List<int[]> grouped(Dataset data, int[] order, Seed seed) {
        if (bucket > 1) {
            long pool = Math.min(order.length, (long) size * bucket);
            for (int from = 0; from < order.length; from += Math.toIntExact(pool)) {
                sortByLength(data, order, from, Math.toIntExact(Math.min(order.length, from + pool)));
            }
        }
        List<int[]> batches = cut(order);
        int[] turn = seed.child("batches").permutation(batches.size()); // sorted pools would run from short to long
        return IntStream.of(turn).mapToObj(batches::get).toList();
    }

    /** Every row once, in the order of the data set. */
    public List<int[]> inOrder(Dataset data) {
        return cut(IntStream.range(0, data.size()).toArray());
    }

    /** Every row once, the longest first: least padding, and what does not fit in memory fails at once. For evaluation. */
    public List<int[]> byLength(Dataset data) {
        return cut(longestFirst(data));
    }

    /**
     * The same in batches of fewer rows where they are long: attention's memory grows with the square of their length.
     *
     * @param most the lengths of a batch's rows, padded to the longest, together; a single row may have more
     */
    public List<int[]> byLength(Dataset data, int most) {
        int[] order = longestFirst(data);
        var batches = new ArrayList<int[]>();
        for (int from = 0; from < order.length; ) {
            int fit = Math.max(1, most / Math.max(1, data.length(order[from])));
            int to = Math.min(order.length, from + Math.min(size, fit));
            batches.add(Arrays.copyOfRange(order, from, to));
            from = to;
        }
        return batches;
    }

    private static int[] longestFirst(Dataset data) {
        int[] order = IntStream.range(0, data.size()).toArray();
        sortByLength(data, order, 0, order.length);
        for (int i = 0, j = order.length - 1; i < j; i++, j--) {
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        return order;
    }

    /** How many batches an epoch has. */
    public int batches(Dataset data) {
        return (data.size() + size - 1) / size;
    }

    private List<int[]> cut(int[] order) {
        var batches = new ArrayList<int[]>();
        for (int from = 0; from < order.length; from += size) {
            batches.add(Arrays.copyOfRange(order, from, Math.min(order.length, from + size)));
        }
        return batches;
    }

    private static void sortByLength(Dataset data, int[] order, int from, int to) {
        // Length and place in one long: a stable sort of primitives.
        long[] keys = new long[to - from];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = (long) data.length(order[from + i]) << 32 | i;
        }
        Arrays.sort(keys);
        int[] before = Arrays.copyOfRange(order, from, to);
        for (int i = 0; i < keys.length; i++) {
            order[from + i] = before[(int) keys[i]];
        }
    }
}
