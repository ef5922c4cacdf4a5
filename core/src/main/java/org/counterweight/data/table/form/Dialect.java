package org.counterweight.data.table.form;

import java.util.Locale;

/**
 * How cells are told apart.
 *
 * @param quote around cells; 0 for none
 * @param backslash whether a quote within quotes has a backslash before it, as some databases and Spark write it; else it
 *     is doubled
 */
public record Dialect(char delimiter, char quote, boolean backslash) {
    static final char DOUBLE = '"';
    static final char SINGLE = '\'';

    public static String named(char delimiter) {
        return switch (delimiter) {
            case ',' -> "commas";
            case ';' -> "semicolons";
            case '\t' -> "tabs";
            case '|' -> "vertical bars";
            case ' ' -> "spaces";
            default -> String.format(Locale.ROOT, "'%s'", delimiter);
        };
    }
}
