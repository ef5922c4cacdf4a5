package org.counterweight.federate.settings;

/** How FedGP's projection is computed. */
public enum Projection {
    /** As defined. */
    EXACT,
    /** The official code's: the cosine, times the source's own update at the target's scale. */
    COSINE_SCALED,
    /** The official code's variant: the target's own update, times the cosine where that is above 0. */
    REVERSED
}
