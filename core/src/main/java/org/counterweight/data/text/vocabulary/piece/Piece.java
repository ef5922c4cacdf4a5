package org.counterweight.data.text.vocabulary.piece;

/**
 * A piece of words.
 *
 * @param text with {@code ▁} for a blank
 * @param score the logarithm of how likely it is, or, where pairs are merged, which are merged first: those of the greatest
 */
public record Piece(String text, float score, Kind kind) {
    /** What a piece is for, in the order of the format's numbers, which begin at 1. */
    public enum Kind {
        NORMAL,
        /** Stands for what no other piece spells. */
        UNKNOWN,
        /** Has a meaning, and is not found in texts. */
        CONTROL,
        /** Is never cut. */
        USER_DEFINED,
        UNUSED,
        /** Stands for a byte of what no other piece spells. */
        BYTE
    }

    /** One that has a meaning. */
    public static Piece control(String text) {
        return new Piece(text, 0, Kind.CONTROL);
    }

    /** Whether texts are made of it. */
    boolean isSpelt() {
        return kind == Kind.NORMAL || kind == Kind.USER_DEFINED || kind == Kind.UNUSED;
    }
}
