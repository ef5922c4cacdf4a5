package org.counterweight.data.table.row;

import org.counterweight.data.table.written.Written;
import org.jspecify.annotations.Nullable;

/**
 * A column that is asked for. Rows in which it does not hold what is asked for cannot be used.
 *
 * @param mayLack whether rows in which it is empty, or of numbers has a word for that, can be used all the same
 * @param written how numbers are written in its texts; null for plain ones, as the file has them
 */
public record Wanted(
        String name, Holds holds, boolean mayLack, @Nullable Written written) {
    /** What a column must hold. */
    public enum Holds {
        /** Texts, as which numbers pass too. */
        TEXT,
        /** Finite numbers. */
        NUMBER,
        /** Lists, or texts that may be some. */
        LIST
    }

    /** A column that every row must have something in. */
    public Wanted(String name, boolean number) {
        this(name, number ? Holds.NUMBER : Holds.TEXT, false, null);
    }

    public static Wanted text(String name) {
        return new Wanted(name, false);
    }

    public static Wanted number(String name) {
        return new Wanted(name, true);
    }

    public static Wanted list(String name) {
        return new Wanted(name, Holds.LIST, false, null);
    }

    /** Whatever stands there, nothing included. */
    public static Wanted any(String name) {
        return list(name).orNothing();
    }

    /** The same, and rows may have nothing in it. */
    public Wanted orNothing() {
        return new Wanted(name, holds, true, written);
    }

    /** The same, its numbers written so. */
    public Wanted written(@Nullable Written how) {
        return new Wanted(name, holds, mayLack, how);
    }

    /** Whether it must hold numbers. */
    public boolean number() {
        return holds == Holds.NUMBER;
    }
}
