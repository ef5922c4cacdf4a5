package org.counterweight.federate.client;

/** What a client keeps of its single steps. */
public enum Recording {
    /** Nothing: a source, or a target of a fixed weight. */
    NONE,
    /** Σ_j ‖g^j‖²: one number; with more than one epoch the steps of one are held until the round is over. */
    LEAN,
    /** g^j of every step of an epoch: B times the model. */
    FULL
}
