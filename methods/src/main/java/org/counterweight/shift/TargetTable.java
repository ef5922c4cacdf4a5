package org.counterweight.shift;

/** Whether a weigher looks at a second table. */
public enum TargetTable {
    /** It must be there. */
    NEEDED,
    /** There is no use for it. */
    NONE
}
