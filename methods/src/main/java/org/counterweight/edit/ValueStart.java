package org.counterweight.edit;

/** The value of a fresh entry before it is trained. */
public enum ValueStart {
    /** Uniform in [0, 1), each component for itself. */
    COLD,
    /** What the layer gave at the key token. */
    WARM
}
