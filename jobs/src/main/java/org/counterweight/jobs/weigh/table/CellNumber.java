package org.counterweight.jobs.weigh.table;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import org.counterweight.data.table.row.Cell;
import org.counterweight.data.table.row.Decimals;

/** Cells as numbers; NaN where they are none. */
final class CellNumber {
    private static final int SECONDS = 86_400;

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

    /** A date, or a date with a time, as days since 1970. */
    static double date(String text) {
        String written = text.strip();
        if (written.length() < 10 || written.charAt(4) != '-' || written.charAt(7) != '-') {
            return Double.NaN;
        }
        try {
            if (written.length() == 10) {
                return LocalDate.parse(written).toEpochDay();
            }
            String time = written.replace(' ', 'T').replaceFirst("Z$", "");
            return LocalDateTime.parse(time).toEpochSecond(ZoneOffset.UTC) / (double) SECONDS;
        } catch (DateTimeParseException e) {
            return Double.NaN; // a text that begins like a date
        }
    }
}
