package org.counterweight.edit.baseline;

/** What GRACE is compared with, by the names of its official code. */
public enum Baseline {
    /** The wrapped layer's weight is trained on each edit until the answer is right. */
    FT,
    /** The same, on a spring that is as stiff as the newest edits made it. */
    FT_EWC,
    /** The same, with passes over all edits so far every so often. */
    FT_RETRAIN,
    /** A gate between the layer's output and a linear prediction: {@link Defer}. */
    DEFER,
    /** Learned values in place of the layer's output, always: {@link Memory}. */
    MEMORY;

    /** Whether the layer's own weight is trained. */
    boolean tunesTheLayer() {
        return this == FT || this == FT_EWC || this == FT_RETRAIN;
    }
}
