package org.counterweight.shift;

import java.io.Serializable;

/**
 * Something that is a sum over rows: counts, moments, gradients of one pass. A table's rows may be divided in any way, summed
 * apart and joined: on one machine chunk by chunk, on many one part each. It travels to where the rows are, and what it sums
 * travels back, so that both hold plain numbers.
 *
 * @param <S> what is summed; never changed once it is made, and serializable
 * @param <R> the result
 */
public interface Sums<S, R> extends Serializable {
    /** Of no rows. */
    S zero();

    /** With the rows of a chunk. */
    S add(S sum, Chunk rows);

    /** Of the rows of both. */
    S join(S one, S other);

    /** The result. */
    R result(S sum);
}
