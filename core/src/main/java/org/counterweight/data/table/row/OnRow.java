package org.counterweight.data.table.row;

/** What becomes of a row that cannot be used. */
public enum OnRow {
    /** The file is refused, with the lines and how many there are. */
    REFUSE,
    /** The row is left out, and how many were is said. */
    SKIP
}
