package org.counterweight.edit.codebook;

import java.util.Arrays;

/** When two edits want the same. */
public enum LabelMatch {
    /** The same tokens, and as many. */
    EXACT {
        @Override
        public boolean same(long[] a, long[] b) {
            return Arrays.equals(a, b);
        }
    },
    /** The same mean of the token ids, as in the official code: [1, 4] is [4, 1] there. For its codebooks only. */
    MEAN {
        @Override
        public boolean same(long[] a, long[] b) {
            return mean(a) == mean(b);
        }

        private double mean(long[] tokens) {
            return Arrays.stream(tokens).average().orElse(Double.NaN);
        }
    };

    /** Whether labels {@code a} and {@code b}, rows of token ids, count as equal. */
    public abstract boolean same(long[] a, long[] b);
}
