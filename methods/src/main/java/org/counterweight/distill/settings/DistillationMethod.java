package org.counterweight.distill.settings;

import java.util.Locale;

/** How a few images come to stand for many. */
public enum DistillationMethod {
    /** Along the ways of strong and smooth experts: AST. */
    AST("along smooth, strong experts"),
    /** Along the ways of plain experts: MTT. */
    MTT("along plain experts"),
    /** The same by the gradient that takes every state as a constant: TESLA. */
    TESLA("along plain experts, states constant"),
    /** Features of fresh networks match: DM. */
    DM("features of fresh networks"),
    /** Gradients of networks match that learn from the images: DC, and with augmentation DSA. */
    DC("gradients of learning networks"),
    /** Real images whose features have the mean of all. */
    HERDING("real images, herded"),
    /** Real images nearest to the centres of each class. */
    REPRESENTATIVE("real images nearest to centres"),
    /** Real images at random. */
    RANDOM("real images at random");

    private final String line;

    DistillationMethod(String line) {
        this.line = line;
    }

    /** What it does, in a few words. */
    public String line() {
        return line;
    }

    /** Whether ways of experts are followed. */
    public boolean followsExperts() {
        return this == AST || this == MTT || this == TESLA;
    }

    /** Whether images are learnt at all, or chosen from the real ones. */
    public boolean learns() {
        return followsExperts() || this == DM || this == DC;
    }

    /** Whether a trained network is needed: to be followed, or for the features by which images are chosen. */
    public boolean needsExperts() {
        return followsExperts() || this == HERDING || this == REPRESENTATIVE;
    }

    /** As it stands in recipes. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
