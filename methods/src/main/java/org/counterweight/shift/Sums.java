package org.counterweight.shift;

/**
 * Something that is a sum over rows: counts, moments, gradients of one pass. A table's rows may be divided in any way, summed
 * apart and joined: on one machine chunk by chunk, on many one part each.
 *
 * @param <S> what is summed; never changed once it is made
 * @param <R> what comes of it
 */
public interface Sums<S, R> {
    /** Of no rows. */
    S zero();

    /** With the rows of a chunk. */
    S add(S sum, Chunk rows);

    /** Of the rows of both. */
    S join(S one, S other);

    /** What comes of it. */
    R result(S sum);
}
