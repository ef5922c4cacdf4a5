package org.counterweight.data.table.row;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Numbers in texts, with a point or a comma before their decimals. */
public enum Decimals {
    POINT,
    COMMA,
    /** Nothing shows which of the two. */
    UNKNOWN;

    private static final Pattern POINTED = Pattern.compile("[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?");
    private static final Pattern WITH_COMMA = Pattern.compile("[+-]?(?:\\d+,?\\d*|,\\d+)(?:[eE][+-]?\\d+)?");
    private static final Pattern THOUSANDS = Pattern.compile("[+-]?[1-9]\\d{0,2}(?:,\\d{3})+");
    private static final Pattern NOT_FINITE = Pattern.compile("[+-]?(?i:nan|inf|infinity)");

    /** Whether the text is a number, with whichever of the two. */
    public static boolean isNumber(String text) {
        String stripped = text.strip();
        return POINTED.matcher(stripped).matches()
                || WITH_COMMA.matcher(stripped).matches()
                || NOT_FINITE.matcher(stripped).matches();
    }

    /** What this number shows: null if it has neither, {@link #UNKNOWN} for 1,234, which may be a thousand or one. */
    public static @Nullable Decimals shownBy(String number) {
        String stripped = number.strip();
        if (stripped.indexOf('.') >= 0) {
            return POINT;
        }
        if (stripped.indexOf(',') < 0) {
            return null;
        }
        return THOUSANDS.matcher(stripped).matches() ? UNKNOWN : COMMA;
    }

    /** The number, NaN and infinite ones too; null if the text is none, or may be two. */
    @Nullable
    public Double read(String text) {
        String stripped = text.strip();
        if (this != COMMA && isPlain(stripped)) {
            return Double.valueOf(stripped);
        }
        if (NOT_FINITE.matcher(stripped).matches()) {
            return Double.NaN;
        }
        boolean comma = WITH_COMMA.matcher(stripped).matches();
        if (POINTED.matcher(stripped).matches() && (this != COMMA || comma)) {
            return Double.valueOf(stripped);
        }
        return comma && this == COMMA ? Double.valueOf(stripped.replace(',', '.')) : null;
    }

    /** Whether it is what nearly all numbers are, digits with a point at most: those are told without patterns, which took half of the time of a table. */
    private static boolean isPlain(String text) {
        int digits = 0;
        int points = 0;
        for (int i = text.startsWith("-") ? 1 : 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= '0' && c <= '9') {
                digits++;
            } else if (c != '.' || points++ > 0) {
                return false;
            }
        }
        return digits > 0;
    }
}
