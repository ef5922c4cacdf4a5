package org.counterweight.data.table;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.counterweight.data.table.row.Decimals;
import org.counterweight.data.table.row.Missing;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.data.table.written.WrittenSurvey;
import org.counterweight.data.table.written.WrittenSurvey.Found;
import org.counterweight.data.table.written.WrittenSurvey.Kind;
import org.jspecify.annotations.Nullable;

/**
 * How the numbers of a table's columns are written. What is clear in one column decides in another: a point before decimals
 * somewhere makes of 1,234 elsewhere a thousand.
 */
public final class NumbersWritten {
    private static final Found NONE = new Found(Kind.OTHER, null, "");
    private static final Found PLAIN = new Found(Kind.PLAIN, null, "");

    private final Decimals decimals;
    private final TableFormat format;
    private final Map<String, WrittenSurvey> columns = new LinkedHashMap<>();
    private final Map<String, Boolean> plain = new LinkedHashMap<>();

    /** Of a table that is written so, as far as that was said. */
    public NumbersWritten(Table table, TableFormat format) {
        this.decimals = table.decimals();
        this.format = format;
    }

    /** Looks through a column; words for nothing are left out. */
    public void add(String name, List<String> texts) {
        var survey = new WrittenSurvey();
        boolean areNumbers = true;
        boolean isAny = false;
        for (String text : texts) {
            if (!Missing.isMarked(text)) {
                isAny = true;
                areNumbers = areNumbers && Decimals.isNumber(text) && isReadable(text);
                survey.add(text);
            }
        }
        columns.put(name, survey);
        plain.put(name, isAny && areNumbers);
    }

    /** Whether the file's own sign reads it; where nothing shows that sign, reading tells what is to be said. */
    private boolean isReadable(String text) {
        return decimals == Decimals.UNKNOWN || decimals.read(text) != null;
    }

    /** What a column holds; something else than numbers if it was not looked through. */
    public Found found(String name) {
        WrittenSurvey survey = columns.get(name);
        if (survey == null) {
            return NONE;
        }
        Found found = survey.found(sign(decimals, format, columns.values()), format.dayFirst());
        return !Boolean.TRUE.equals(plain.get(name))
                ? found
                : found.kind() == Kind.PLAIN ? found : PLAIN; // the file's usual form, NaN and infinite ones too
    }

    /**
     * What stands before decimals, as was said, or as some number shows; null if nothing does.
     *
     * @param found in the file's first rows
     * @param format what was said
     * @param columns what was found in all rows
     */
    public static @Nullable Character sign(Decimals found, TableFormat format, Collection<WrittenSurvey> columns) {
        if (format.decimal() != null) {
            return format.decimal().charAt(0);
        }
        if (found == Decimals.COMMA) {
            return ',';
        }
        return columns.stream().anyMatch(WrittenSurvey::showsPoint) ? Character.valueOf('.') : null;
    }
}
