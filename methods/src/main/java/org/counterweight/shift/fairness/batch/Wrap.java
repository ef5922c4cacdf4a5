package org.counterweight.shift.fairness.batch;

/** How a cell is dealt on when its rows are used up before the epoch ends. */
public enum Wrap {
    /** From its beginning, again and again. */
    EXACT,
    /**
     * As the official code does it: it goes on behind as many rows as were left at the end, and a chunk never has more rows than
     * the cell.
     */
    OFFICIAL
}
