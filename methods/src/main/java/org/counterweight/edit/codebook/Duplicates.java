package org.counterweight.edit.codebook;

/** What becomes of an edit that gives an input another label than an earlier one did. */
public enum Duplicates {
    /** The entry takes the new label, and its value is trained anew. */
    OVERWRITE,
    /** The two split their distance of nothing, as in the official code, which cannot learn such an edit. */
    SPLIT
}
