package org.counterweight.federate.settings;

/** How FedGP's projection is computed. */
public enum Projection {
    /** As defined. */
    EXACT,
    /** The official code's: the cosine, times the source's own update at the target's scale. */
    COSINE_SCALED
}
