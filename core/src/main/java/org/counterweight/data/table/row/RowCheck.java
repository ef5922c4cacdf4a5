package org.counterweight.data.table.row;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.counterweight.data.DataException;
import org.counterweight.data.table.row.Row.Place;
import org.jspecify.annotations.Nullable;

/** Whether a row has what is wanted of it. */
public record RowCheck(Path file, List<Wanted> wanted, Decimals decimals, BadRows bad) {
    /**
     * The row, with numbers where they are wanted; null if it cannot be used, which {@code bad} is told.
     *
     * @param cells of the wanted columns
     * @throws DataException if a number may be two
     */
    @Nullable
    public Row row(Place place, List<Cell> cells) {
        var checked = new ArrayList<Cell>(cells.size());
        for (int i = 0; i < cells.size(); i++) {
            Cell cell = cell(place, wanted.get(i), cells.get(i));
            if (cell == null) {
                return null;
            }
            checked.add(cell);
        }
        return new Row(place, List.copyOf(checked));
    }

    private @Nullable Cell cell(Place place, Wanted column, Cell cell) {
        boolean isNaN = cell instanceof Cell.Number number && Double.isNaN(number.value());
        boolean isNothing = cell instanceof Cell.Nothing
                || cell instanceof Cell.Text text && text.written().isBlank()
                || isNaN && !column.number(); // what pandas and Polars have where there is no class
        boolean isMarked = isNaN || cell instanceof Cell.Text text && Missing.isMarked(text.written());
        if (column.mayLack() && (isNothing || column.number() && isMarked)) {
            return new Cell.Nothing();
        }
        if (isNothing) {
            bad.empty(place, "no " + column.name());
            return null;
        }
        if (column.holds() == Wanted.Holds.LIST) {
            return cell;
        }
        if (!column.number() && !(cell instanceof Cell.Many)) {
            return cell;
        }
        Cell number = column.number() ? number(place, column, cell) : cell;
        if (number instanceof Cell.Number finite && Double.isFinite(finite.value())) {
            return number;
        }
        bad.broken(
                place,
                column.name() + " is " + shown(cell.written()) + "; expected "
                        + (!column.number()
                                ? "a text or a number"
                                : number instanceof Cell.Number
                                        ? "a finite number"
                                        : column.written() == null
                                                ? "a number"
                                                : "a number written "
                                                        + column.written().like()));
        return null;
    }

    private Cell number(Place place, Wanted column, Cell cell) {
        if (!(cell instanceof Cell.Text text)) {
            return cell;
        }
        if (column.written() != null) {
            double value = column.written().read(text.written());
            return Double.isNaN(value) ? cell : new Cell.Number(text.written(), value);
        }
        Double value = decimals.read(text.written());
        if (value != null) {
            return new Cell.Number(text.written(), value);
        }
        if (decimals == Decimals.UNKNOWN && Decimals.isNumber(text.written())) {
            String stripped = text.written().strip();
            throw new DataException(file + ": " + place + ": " + column.name() + " is " + stripped + ", which may be "
                    + stripped.replace(',', '.') + " or " + stripped.replace(",", "")
                    + "; say which (data.format.decimal, --decimal)");
        }
        return cell;
    }

    /** So much of a value as tells which it is. */
    static String shown(String value) {
        return value.length() <= 60 ? value : value.substring(0, 60) + "…";
    }
}
