package org.counterweight.data.table.row;

/**
 * A column, and what the first rows have in it.
 *
 * @param type {@link Type#TEXT} where they are of several kinds
 */
public record Column(String name, Type type) {
    /** What cells hold. */
    public enum Type {
        TEXT,
        NUMBER,
        BOOLEAN,
        LIST,
        NULL
    }
}
