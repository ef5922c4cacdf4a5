package org.counterweight.distill.trajectory;

/**
 * AST's balanced inner loss: a factor of every inner cross-entropy that is below 1 where a segment begins early in the expert's
 * way, and above 1 where late. It jumps in the middle, as in the official code.
 *
 * @param starts T⁺, the number of epochs that a segment may begin at
 */
public record Balance(int starts) {
    private static final int OFFSET = 8;
    private static final double LOG_OF_BASE = Math.log(5);

    public Balance {
        if (starts < 1) {
            throw new IllegalArgumentException("a segment needs at least 1 epoch to begin at, not " + starts);
        }
    }

    /** c(t) = log₅(t − h + 8) for t ≥ h, 1 / log₅(h − t + 8) before, with h = ⌊T⁺ / 2⌋. */
    public double factor(int start) {
        int half = starts / 2;
        double logarithm = Math.log(Math.abs(start - half) + OFFSET) / LOG_OF_BASE;
        return start >= half ? logarithm : 1 / logarithm;
    }
}
