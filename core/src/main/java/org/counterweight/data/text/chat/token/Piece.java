package org.counterweight.data.text.chat.token;

/** A part of a template: text as it stands, a value to be told, or a statement; the line it begins in, from 1. */
public sealed interface Piece {
    int line();

    /** Text as it stands. */
    record Plain(String text, int line) implements Piece {}

    /** What stands between double braces. */
    record Shown(String code, int line) implements Piece {}

    /** What stands between braces with percent signs. */
    record Command(String code, int line) implements Piece {}
}
