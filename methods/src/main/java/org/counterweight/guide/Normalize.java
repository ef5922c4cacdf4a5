package org.counterweight.guide;

/** What the mean of a shape is brought to before it is multiplied by the weight. */
public enum Normalize {
    /** Nothing: shapes as the paper has them, all of mean 1 but the power-cosine. */
    NONE,
    /** One, as the integral over all times. */
    CONTINUOUS,
    /** One, as the mean over the steps that are taken. */
    DISCRETE
}
