package org.counterweight.data.table.row;

/**
 * A column that is asked for. Unless it is optional, rows in which it is empty, or is no number where one is asked for, cannot be
 * used.
 *
 * @param number whether it must hold finite numbers; else texts, as which numbers pass too
 * @param optional whether it may be empty
 */
public record Wanted(String name, boolean number, boolean optional) {
    public Wanted(String name, boolean number) {
        this(name, number, false);
    }

    public static Wanted text(String name) {
        return new Wanted(name, false);
    }

    public static Wanted number(String name) {
        return new Wanted(name, true);
    }

    /** Whatever stands there, nothing included. */
    public static Wanted any(String name) {
        return new Wanted(name, false, true);
    }
}
