package org.counterweight.federate.aggregate;

/** Over what the products of two updates, and the filter on their sign, are taken. */
public enum Granularity {
    /** Each tensor for itself: the paper's appendix and the official code. */
    LAYER,
    /** All tensors as one vector: the definition in the paper's text. */
    GLOBAL
}
