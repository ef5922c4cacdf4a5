package org.counterweight.jobs.weigh.table;

import java.util.HashMap;
import java.util.Map;
import org.counterweight.data.table.row.Cell;
import org.counterweight.data.table.row.Decimals;
import org.counterweight.data.table.row.Missing;

/** What a column holds, found in one pass over one table or two. */
final class ColumnSurvey {
    /** More different texts than this are no categories. */
    static final int MOST_LEVELS = 200;

    private static final int MOST_DIGITS = 15; // that a double holds

    private final Map<String, Long> levels = new HashMap<>();
    private long filled;
    private long missing;
    private long marks;
    private long numbers;
    private long dates;
    private double mean;
    private double squares;
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
        double value = CellNumber.of(cell, decimals);
        if (!Double.isNaN(value)) {
            numbers++;
            written(cell);
        } else if (isMark(cell)) {
            marks++;
        } else {
            value = CellNumber.date(cell.written());
            if (!Double.isNaN(value)) {
                dates++;
            }
        }
        if (!Double.isNaN(value)) { // B. P. Welford, Technometrics 1962
            double before = value - mean;
            mean += before / (numbers + dates);
            squares += before * (value - mean);
        }
        if (!many) {
            levels.merge(cell.written().strip(), 1L, Long::sum);
            if (levels.size() > MOST_LEVELS) {
                many = true;
                levels.clear();
            }
        }
    }

    /** Whether there is a word for nothing, such as NaN, which may be a category too. */
    static boolean isMark(Cell cell) {
        return cell instanceof Cell.Text text && Missing.isMarked(text.written());
    }

    private void written(Cell cell) {
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
        return isNumberOrMark() || isDateOrMark() ? missing + marks : missing;
    }

    /** Whether all that stands there are numbers. */
    boolean isNumber() {
        return filled > 0 && numbers == filled;
    }

    /** The same but for words for nothing. */
    boolean isNumberOrMark() {
        return numbers > 0 && numbers + marks == filled;
    }

    boolean isDateOrMark() {
        return dates > 0 && dates + marks == filled;
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
        return Math.sqrt(squares / (numbers + dates));
    }
}
