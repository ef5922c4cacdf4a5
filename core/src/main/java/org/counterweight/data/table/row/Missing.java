package org.counterweight.data.table.row;

import java.util.regex.Pattern;

/** What stands in a column of numbers where there is none. */
public final class Missing {
    private static final Pattern MARK = Pattern.compile("(?i)\\s*(?:na|n/a|nan|null|none|\\?|-)?\\s*");

    private Missing() {}

    /** Whether a cell holds nothing, or a word for it: {@code NA}, {@code n/a}, {@code NaN}, {@code null}, {@code none}, {@code ?}, {@code -}. */
    public static boolean isMarked(String cell) {
        boolean isDigit = !cell.isEmpty() && cell.charAt(0) >= '0' && cell.charAt(0) <= '9'; // a number, most often
        return !isDigit && MARK.matcher(cell).matches();
    }
}
