package org.counterweight.federate.aggregate;

/** What becomes of batch normalisation's running means and variances, which are no weights but figures of the data. */
public enum BatchNormRule {
    /** As weights: the official code. */
    PROJECTED,
    /** The sources' mean, by their weights; the target's where there is no source. */
    AVERAGED,
    /** The target's own. */
    TARGET
}
