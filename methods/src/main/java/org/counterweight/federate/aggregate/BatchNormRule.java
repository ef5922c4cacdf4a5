package org.counterweight.federate.aggregate;

/** What becomes of batch normalisation's running means and variances, which are no weights but figures of the data. */
public enum BatchNormRule {
    /** As weights: the official code. */
    PROJECTED,
    /** The sources' mean, by their weights; the target's where there is no source. */
    AVERAGED,
    /** The target's own. */
    TARGET,
    /** Each client's own, which no message carries; the model's are the target's. */
    LOCAL,
    /** Those that there are, by which training normalises too. */
    FROZEN;

    /** Whether the model's are the target's, whatever the sources have. */
    public boolean isOfTarget() {
        return this == TARGET || this == LOCAL;
    }
}
