package org.counterweight.merge.thin;

import java.util.Arrays;

/**
 * Finds the magnitudes that stand at given places in ascending order, without sorting and mostly in one pass: a histogram
 * over the upper 16 bits of the magnitudes, and at the same time one over all their bits near the place where a sample lets
 * the magnitude be expected. Where it turns out to lie elsewhere, another pass counts there.
 *
 * <pre>{@code
 * ranks.sample(…)…; ranks.aim(); ranks.count(…)…;
 * if (ranks.hasMissed()) {
 *     ranks.aimAgain(); ranks.countAgain(…)…;
 * }
 * }</pre>
 *
 * <p>Exact for magnitudes as float32, in memory that does not depend on how many there are.
 */
public final class MagnitudeRanks {
    private static final int LOW_BITS = 15;
    private static final int MAGNITUDE = 0x7fffffff;
    private static final int SPAN_BITS =
            3; // a window reaches across 8 upper buckets, each 0.2 to 0.4 % of the magnitude
    private static final int WINDOW_BITS = SPAN_BITS + LOW_BITS;

    private final long size;
    private final Window[] windows;
    private final long[] upper = new long[1 << (Integer.SIZE - 1 - LOW_BITS)];
    private int[] bits = new int[0];

    /** Magnitudes near a rank, counted one by one from that of the bits {@code start} on. */
    private static final class Window {
        final long rank;
        final long[] counts = new long[1 << WINDOW_BITS];
        int start;

        Window(long rank) {
            this.rank = rank;
        }

        void moveTo(int bucket) {
            start = Math.max(0, bucket - (1 << SPAN_BITS) / 2) << LOW_BITS;
            Arrays.fill(counts, 0);
        }
    }

    /**
     * @param size how many magnitudes there are
     * @param ranks places in ascending order, from 0
     */
    public MagnitudeRanks(long size, long... ranks) {
        this.size = size;
        this.windows = Arrays.stream(ranks).mapToObj(Window::new).toArray(Window[]::new);
    }

    /** The bits of a magnitude as a float32; they order as the magnitudes do. */
    static int bits(double value) {
        return Float.floatToRawIntBits((float) value) & MAGNITUDE;
    }

    /** Sees a part of the magnitudes, or all. */
    public void sample(double[] values, int count) {
        for (int i = 0; i < count; i++) {
            upper[bits(values[i]) >>> LOW_BITS]++;
        }
    }

    /** Looks where the sample has the ranks. */
    public void aim() {
        long seen = Arrays.stream(upper).sum();
        for (Window window : windows) {
            window.moveTo(bucket((long) (window.rank * ((double) seen / size))));
        }
        Arrays.fill(upper, 0);
    }

    /** Counts all magnitudes, a block at a time. */
    public void count(double[] values, int count) {
        if (bits.length < count) {
            bits = new int[count];
        }
        for (int i = 0; i < count; i++) {
            bits[i] = bits(values[i]);
            upper[bits[i] >>> LOW_BITS]++;
        }
        countNear(count);
    }

    /** Whether a magnitude lies where it was not expected. */
    public boolean hasMissed() {
        return Arrays.stream(windows).anyMatch(window -> {
            long place = window.rank - before(window);
            return place < 0 || place >= Arrays.stream(window.counts).sum();
        });
    }

    /** Looks where the ranks are. */
    public void aimAgain() {
        for (Window window : windows) {
            window.moveTo(bucket(window.rank));
        }
    }

    /** Counts all magnitudes another time. */
    public void countAgain(double[] values, int count) {
        for (int i = 0; i < count; i++) {
            bits[i] = bits(values[i]);
        }
        countNear(count);
    }

    private void countNear(int count) {
        for (Window window : windows) {
            long[] counts = window.counts;
            int start = window.start;
            for (int i = 0; i < count; i++) {
                int place = bits[i] - start;
                if (place >>> WINDOW_BITS
                        == 0) { // one test for both ends: it seldom holds, and a branch foreseen is free
                    counts[place]++;
                }
            }
        }
    }

    /** The upper bits of what stands at {@code rank} in the histogram. */
    private int bucket(long rank) {
        long sum = 0;
        int bucket = 0;
        while (bucket < upper.length - 1 && sum + upper[bucket] <= rank) {
            sum += upper[bucket++];
        }
        return bucket;
    }

    private long before(Window window) {
        return Arrays.stream(upper, 0, window.start >>> LOW_BITS).sum();
    }

    /**
     * What was found for the {@code i}-th rank.
     *
     * @param bits of the magnitude that stands there
     * @param smaller how many are smaller
     * @param equal how many are as large
     */
    public record Found(int bits, long smaller, long equal) {}

    public Found found(int i) {
        Window window = windows[i];
        long sum = before(window);
        int place = 0;
        while (sum + window.counts[place] <= window.rank) {
            sum += window.counts[place++];
        }
        return new Found(window.start + place, sum, window.counts[place]);
    }
}
