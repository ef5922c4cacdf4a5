package org.counterweight.jobs.weigh.table;

import org.counterweight.data.table.row.Cell;
import org.counterweight.data.table.row.Decimals;
import org.counterweight.data.table.written.Written;
import org.jspecify.annotations.Nullable;

/** Cells as numbers; NaN where they are none. */
final class CellNumber {
    private CellNumber() {}

    /** A number, or a truth as 1 or 0. */
    static double of(Cell cell, Decimals decimals) {
        if (cell instanceof Cell.Number number) {
            return number.value();
        }
        if (cell instanceof Cell.Truth truth) {
            return truth.value() ? 1 : 0;
        }
        String text = cell.written();
        if (text.isEmpty()
                || !mayBeNumber(text.charAt(0)) && !mayBeNumber(text.strip().charAt(0))) {
            return Double.NaN; // most texts are told from numbers by their first letter
        }
        Double value = decimals.read(text);
        return value == null ? Double.NaN : value;
    }

    private static boolean mayBeNumber(char first) {
        return first >= '0' && first <= '9' || first == '-' || first == '+' || first == '.' || first == ',';
    }

    /** What stands there, written in a way of its own or not. */
    static double of(Cell cell, Decimals decimals, @Nullable Written written) {
        return written == null || !(cell instanceof Cell.Text) ? of(cell, decimals) : written.read(cell.written());
    }
}
