package org.counterweight.distill.settings;

/** What synthetic images begin as. */
public enum Start {
    /** Real images of their class, drawn at random. */
    REAL,
    /** Real images nearest to the centres of their class. */
    REPRESENTATIVE,
    /** Normal noise. */
    NOISE
}
