package org.counterweight.distill.trajectory;

/** How the epochs of an expert between the first and the last of a segment count in AST's loss. */
public enum IntermediateEpochs {
    /** Not at all, as in MTT. */
    NONE,
    /** Each as the last one. */
    AGG,
    /** The later the more: i/M. */
    ADAPTIVE;

    /**
     * w_i, the factor of the i-th epoch's term.
     *
     * @param i in 1 … M − 1
     * @param epochs M
     */
    public double weight(int i, int epochs) {
        return switch (this) {
            case NONE -> 0;
            case AGG -> 1;
            case ADAPTIVE -> (double) i / epochs;
        };
    }
}
