package org.counterweight.data.table.row;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.util.Map;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.jspecify.annotations.Nullable;

/**
 * How the rows of a file are written; what is null is found out and said where it is unusual. JSON and Parquet have a form of
 * their own and look at {@code encoding} (JSON), {@code on_bad_rows} and {@code on_empty} alone.
 */
public record TableFormat(
        @Setting(value = "The character between columns, or tab; null to detect it", defaultsTo = "null") @Nullable
        String delimiter,

        @Setting(
                value = "The character around texts that contain delimiters, or none; null to detect it",
                defaultsTo = "null")
        @Nullable
        String quote,

        @Setting(value = "Encoding, such as utf-8 or windows-1252; null to detect it", defaultsTo = "null") @Nullable
        String encoding,

        @Setting(value = "The decimal sign: \".\" or \",\"; null to detect it", defaultsTo = "null") @Nullable
        String decimal,

        @Setting(
                value = "What comes first in dates such as 01/02/2024: day_first or month_first; null to detect it",
                defaultsTo = "null")
        @Nullable
        String dates,

        @Setting(
                value = "Whether the first line names the columns; false names them column1, column2, …; null to"
                        + " detect it",
                defaultsTo = "null")
        @Nullable
        Boolean header,

        @Setting(
                value = "Rows with too many or too few cells, open quotes, or no JSON: refuse the file, or skip them",
                defaultsTo = "\"refuse\"",
                oneOf = {"refuse", "skip"})
        OnRow onBadRows,

        @Setting(
                value = "Rows without a text, a class or another value that is needed: refuse the file, or skip them",
                defaultsTo = "\"refuse\"",
                oneOf = {"refuse", "skip"})
        OnRow onEmpty) {
    /** Everything is found out, and what cannot be used is refused. */
    public static final TableFormat FIND_OUT =
            new TableFormat(null, null, null, null, null, null, OnRow.REFUSE, OnRow.REFUSE);

    private static final String DAY_FIRST = "day_first";
    private static final Map<String, String> CHARACTERS =
            Map.of("tab", "\t", "\\t", "\t", "comma", ",", "semicolon", ";", "pipe", "|", "space", " ");

    public TableFormat {
        if (delimiter != null) {
            delimiter = CHARACTERS.getOrDefault(delimiter, delimiter);
            if (delimiter.length() != 1 || "\r\n\"".contains(delimiter)) {
                throw new ConfigException("delimiter", delimiter, "one character, or tab");
            }
        }
        if (quote != null && !quote.equals("none") && (quote.length() != 1 || "\r\n".contains(quote))) {
            throw new ConfigException("quote", quote, "one character, or none");
        }
        if (quote != null && quote.equals(delimiter)) {
            throw new ConfigException("quote", quote, "another character than the delimiter");
        }
        if (encoding != null) {
            charset(encoding);
        }
        if (decimal != null && !decimal.equals(".") && !decimal.equals(",")) {
            throw new ConfigException("decimal", decimal, "\".\" or \",\"");
        }
        if (dates != null && !dates.equals(DAY_FIRST) && !dates.equals("month_first")) {
            throw new ConfigException("dates", dates, "day_first or month_first");
        }
    }

    private static Charset charset(String name) {
        if (!isKnown(name)) {
            throw new ConfigException("encoding", name, "a name such as utf-8, windows-1252 or utf-16");
        }
        return Charset.forName(name);
    }

    private static boolean isKnown(String name) {
        try {
            return Charset.isSupported(name);
        } catch (IllegalCharsetNameException e) {
            return false; // it has characters that no name has
        }
    }

    /** Whether the day comes first in dates that do not show it; null where that was not said. */
    public @Nullable Boolean dayFirst() {
        return dates == null ? null : Boolean.valueOf(dates.equals(DAY_FIRST));
    }

    /** The encoding that was said, or null. */
    @Nullable
    public Charset charset() {
        return encoding == null ? null : charset(encoding);
    }
}
