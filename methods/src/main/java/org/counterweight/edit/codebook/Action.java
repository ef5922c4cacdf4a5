package org.counterweight.edit.codebook;

/** What an edit did to a codebook, in the numbers of the golden cases. */
public enum Action {
    /** A new entry, far from all others. */
    ADD,
    /** An entry with the same label grew to serve the edit. */
    EXPAND,
    /** A new entry, and less room for one with another label. */
    SPLIT,
    /** An entry with the same label serves the edit already. */
    KEEP,
    /** An entry took another label. */
    OVERWRITE;

    /** Whether the edit has an entry of its own. */
    public boolean makesEntry() {
        return this == ADD || this == SPLIT;
    }
}
