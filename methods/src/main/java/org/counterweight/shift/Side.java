package org.counterweight.shift;

/** Which of two tables a row is of. */
public enum Side {
    /** The rows at hand, which a model will learn from. */
    SOURCE,
    /** Rows of where the model will be used. */
    TARGET
}
