package org.counterweight.distill.settings;

/** What synthetic images are called. */
public enum SoftLabels {
    /** Their class. */
    NONE,
    /** What the expert to be reached says about them, anew in each step: TESLA's labels. */
    TEACHER
}
