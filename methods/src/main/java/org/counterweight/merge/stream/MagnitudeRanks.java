package org.counterweight.merge.stream;

import java.util.Arrays;

/**
 * Finds the magnitudes that stand at given places in ascending order, without sorting: a histogram over the upper 16 bits of
 * the magnitudes, then one over the lower 15 bits of those that share the wanted upper bits. Exact for float32, in memory
 * that does not depend on how many there are; magnitudes of float64 vectors are compared after rounding to float32.
 */
final class MagnitudeRanks {
    private static final int LOW_BITS = 15;
    private static final int LOW_MASK = (1 << LOW_BITS) - 1;

    private final long[] ranks;
    private final long[] upper = new long[1 << 16];
    private final long[][] lower;
    private final int[] buckets;
    private final long[] before;

    /** @param ranks places in ascending order, from 0 */
    MagnitudeRanks(long... ranks) {
        this.ranks = ranks.clone();
        this.lower = new long[ranks.length][1 << LOW_BITS];
        this.buckets = new int[ranks.length];
        this.before = new long[ranks.length];
    }

    /** Counts in the first pass; a magnitude's bits without the sign order as the magnitude does. */
    void countUpper(float[] values) {
        long[] counts = upper;
        for (float value : values) {
            counts[(Float.floatToRawIntBits(value) & 0x7fffffff) >>> LOW_BITS]++;
        }
    }

    /** To be called between the passes. */
    void chooseBuckets() {
        for (int i = 0; i < ranks.length; i++) {
            long sum = 0;
            int bucket = 0;
            while (sum + upper[bucket] <= ranks[i]) {
                sum += upper[bucket++];
            }
            buckets[i] = bucket;
            before[i] = sum;
            Arrays.fill(lower[i], 0);
        }
    }

    /** Counts in the second pass. */
    void countLower(float[] values) {
        for (int i = 0; i < ranks.length; i++) {
            int bucket = buckets[i];
            long[] counts = lower[i];
            for (float value : values) {
                int bits = Float.floatToRawIntBits(value) & 0x7fffffff;
                if (bits >>> LOW_BITS == bucket) {
                    counts[bits & LOW_MASK]++;
                }
            }
        }
    }

    /**
     * What was found for the {@code i}-th rank.
     *
     * @param magnitude that stands there
     * @param smaller how many are smaller
     * @param equal how many are as large
     */
    record Found(float magnitude, long smaller, long equal) {}

    Found found(int i) {
        long sum = before[i];
        int low = 0;
        while (sum + lower[i][low] <= ranks[i]) {
            sum += lower[i][low++];
        }
        return new Found(Float.intBitsToFloat(buckets[i] << LOW_BITS | low), sum, lower[i][low]);
    }
}
