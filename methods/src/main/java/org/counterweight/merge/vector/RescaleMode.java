package org.counterweight.merge.vector;

/** What is done about the size of a difference of which chance kept a part. */
public enum RescaleMode {
    /** It gets the sum of magnitudes that it had before. */
    L1,
    /** What is kept is divided by the probability that it had, as in the papers. */
    INVERSE_DENSITY
}
