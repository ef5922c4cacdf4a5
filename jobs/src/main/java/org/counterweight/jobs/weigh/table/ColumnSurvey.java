package org.counterweight.jobs.weigh.table;

import java.util.HashMap;
import java.util.Map;
import org.counterweight.data.table.row.Cell;
import org.counterweight.data.table.row.Decimals;
import org.counterweight.data.table.row.Missing;
import org.counterweight.data.table.write.ColumnType;
import org.counterweight.data.table.written.Written;
import org.counterweight.data.table.written.WrittenSurvey;
import org.counterweight.data.table.written.WrittenSurvey.Found;
import org.counterweight.data.table.written.WrittenSurvey.Kind;
import org.jspecify.annotations.Nullable;

/** What a column holds, found in one pass over one table or two. */
final class ColumnSurvey {
    /** More different texts than this are no categories. */
    static final int MOST_LEVELS = 200;

    private static final int MOST_DIGITS = 15; // that a double holds

    private final Map<String, Long> levels = new HashMap<>();
    private long filled;
    private long missing;
    private long marks;
    private long truths;
    private long lists;
    private long numbers;
    private double mean;
    private double squares;
    private long measured;
    private final WrittenSurvey survey = new WrittenSurvey();
    private Found found = new Found(Kind.OTHER, null, "");
    private boolean integers = true;
    private boolean exact = true;
    private boolean padded;
    private boolean many;

    void add(Cell cell, Decimals decimals) {
        if (cell instanceof Cell.Nothing) {
            missing++;
            return;
        }
        filled++;
        truths += cell instanceof Cell.Truth ? 1 : 0;
        double value = CellNumber.of(cell, decimals);
        if (!Double.isNaN(value)) {
            numbers++;
            shape(cell);
            measure(value);
        } else if (isMark(cell)) {
            marks++;
        }
        if (cell instanceof Cell.Text text && !isMark(cell)) {
            survey.add(text.written());
        }
        lists += cell instanceof Cell.Many ? 1 : 0;
        if (!many) {
            levels.merge(cell.written().strip(), 1L, Long::sum);
            if (levels.size() > MOST_LEVELS) {
                many = true;
                levels.clear();
            }
        }
    }

    /** B. P. Welford, Technometrics 1962. */
    private void measure(double value) {
        measured++;
        double before = value - mean;
        mean += before / measured;
        squares += before * (value - mean);
    }

    /**
     * Decides how the numbers are written, when all rows were taken in.
     *
     * @param decimal the sign before decimals in this file; null where nothing shows it
     * @param dayFirst whether the day comes first in dates that do not show it; null where that was not said
     */
    void decide(@Nullable Character decimal, @Nullable Boolean dayFirst) {
        found = isNumberOrMark() || truths > 0 || lists > 0 ? found : survey.found(decimal, dayFirst);
        if (found.kind() == Kind.WRITTEN) {
            measured = 0;
            mean = 0;
            squares = 0;
        }
    }

    /** Takes in a number that is written in a way of its own, when that is known. */
    void measure(Cell cell) {
        Written written = written();
        double value = written == null ? Double.NaN : written.read(cell.written());
        if (!Double.isNaN(value)) {
            measure(value);
        }
    }

    /** What its texts show of how numbers are written. */
    WrittenSurvey texts() {
        return survey;
    }

    /** How the numbers or dates are written where they are no plain ones; else null. */
    @Nullable
    Written written() {
        return found.written();
    }

    /** What is worth knowing of how they are written; empty for nothing. */
    String remark() {
        return found.remark();
    }

    /** Whether they can be read in two ways, and nobody said in which. */
    boolean isUnclear() {
        return found.kind() == Kind.UNCLEAR;
    }

    /** Whether there is a word for nothing, such as NaN, which may be a category too. */
    static boolean isMark(Cell cell) {
        return cell instanceof Cell.Text text && Missing.isMarked(text.written());
    }

    private void shape(Cell cell) {
        String text = cell.written().strip();
        int digits = 0;
        boolean whole = true;
        for (int i = 0; i < text.length(); i++) {
            boolean digit = Character.isDigit(text.charAt(i));
            digits += digit ? 1 : 0;
            whole &= digit || i == 0 && text.charAt(i) == '-';
        }
        integers &= whole;
        exact &= !whole || digits <= MOST_DIGITS;
        padded |= text.length() > 1 && text.charAt(0) == '0' && Character.isDigit(text.charAt(1));
    }

    long filled() {
        return filled;
    }

    /** In how many rows nothing stands, nor, among numbers or dates, a word for it. */
    long missing() {
        return isNumberOrMark() || found.kind() == Kind.WRITTEN ? missing + marks : missing;
    }

    /** As what it is written again. */
    ColumnType type() {
        if (truths > 0) {
            return truths == filled ? ColumnType.TRUTH : ColumnType.TEXT;
        }
        if (!isNumber() || isCode()) {
            return ColumnType.TEXT;
        }
        return isInteger() ? ColumnType.INTEGER : ColumnType.NUMBER;
    }

    /** Whether all that stands there are numbers, or truths, which count as 1 and 0. */
    boolean isNumber() {
        return filled > 0 && numbers == filled;
    }

    /** The same but for words for nothing. */
    boolean isNumberOrMark() {
        return numbers > 0 && numbers + marks == filled;
    }

    /** Whether all that stands there are whole numbers. */
    boolean isInteger() {
        return isNumber() && integers;
    }

    /** Whether the numbers are codes: with zeros before them, or whole ones longer than a number in memory. */
    boolean isCode() {
        return padded || !exact;
    }

    /** Whether there are too many different texts to be categories. */
    boolean isFreeText() {
        return many;
    }

    boolean isConstant() {
        return missing == 0 && !many && levels.size() <= 1 || filled == 0;
    }

    /** What stands there and how often; empty if there are too many. */
    Map<String, Long> levels() {
        return levels;
    }

    double mean() {
        return mean;
    }

    /** Standard deviation, with n. */
    double deviation() {
        return Math.sqrt(squares / measured);
    }
}
