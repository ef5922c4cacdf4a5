package org.counterweight.shift.fairness.batch;

/** What FairBatch makes equal between the groups. */
public enum FairTarget {
    /** Nothing: ordinary batches. */
    ORIGINAL,
    /** Equal opportunity: the loss of rows with y = 1. */
    EQOPP,
    /** Equalised odds: the loss of rows of either label. */
    EQODDS,
    /** Demographic parity: how often y = 1 is predicted. */
    DP,
    /** Demographic parity and equalised odds, the latter times a factor. */
    DPEO
}
