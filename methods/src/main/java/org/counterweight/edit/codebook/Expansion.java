package org.counterweight.edit.codebook;

/** What becomes of an entry whose ball an edit with its label lies beside. */
public enum Expansion {
    /** The radius grows to reach the query. */
    COVERAGE,
    /** The radius grows, and the key moves half-way to the query. */
    MOVING_AVERAGE
}
