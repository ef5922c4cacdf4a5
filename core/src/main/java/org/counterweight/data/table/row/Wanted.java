package org.counterweight.data.table.row;

/**
 * A column that is asked for. Rows in which it is empty, or is no number where one is asked for, cannot be used.
 *
 * @param number whether it must hold finite numbers; else texts, as which numbers pass too
 */
public record Wanted(String name, boolean number) {
    public static Wanted text(String name) {
        return new Wanted(name, false);
    }

    public static Wanted number(String name) {
        return new Wanted(name, true);
    }
}
