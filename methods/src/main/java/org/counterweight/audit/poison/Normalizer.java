package org.counterweight.audit.poison;

/** What RIPPLe's penalty is divided by. */
public enum Normalizer {
    /** The rows of the clean batch, and the number of poisoned batches: the official code, to which the published λ belong. */
    CLEAN_BATCH_SIZE,
    /** Nothing: the formula of the paper. */
    NONE
}
