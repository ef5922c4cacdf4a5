package org.counterweight.data.table.form;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.counterweight.data.table.form.SeparatedRecords.Cells;
import org.counterweight.data.table.row.Decimals;

/** The first rows of a file, cut into cells in one of the ways that are possible: the evidence for that way. */
record Reading(Dialect dialect, List<Cells> rows) {
    /**
     * Cuts the first lines.
     *
     * @param whole whether they are all; if not, the last row may be cut in two and is no evidence
     */
    static Reading of(String text, boolean whole, Dialect dialect) {
        var rows = new ArrayList<Cells>();
        try (var lines = new TextLines(new StringReader(text), TextLines.LONGEST)) {
            var records = new SeparatedRecords(lines, dialect);
            for (Cells cells; (cells = records.next()) != null; ) {
                rows.add(cells);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e); // a text in memory
        }
        if (!whole && rows.size() > 1) {
            rows.remove(rows.size() - 1);
        }
        return new Reading(dialect, rows);
    }

    /** The cells of the first row, without spaces around them. */
    List<String> first() {
        return rows.isEmpty()
                ? List.of()
                : rows.get(0).values().stream().map(String::strip).toList();
    }

    int width() {
        return rows.isEmpty() ? 0 : rows.get(0).values().size();
    }

    /** The rows that have a cell for each of the first row's, the first left out. */
    List<List<String>> below() {
        return rows.stream()
                .skip(1)
                .filter(row -> row.broken() == null && row.values().size() == width())
                .map(Cells::values)
                .toList();
    }

    /** The cells of a column below the first row that are not empty. */
    List<String> below(int column) {
        return below().stream()
                .map(row -> row.get(column))
                .filter(cell -> !cell.isBlank())
                .toList();
    }

    /** The share of the rows that have as many cells as the first. */
    double consistency() {
        return rows.size() < 2 ? 1 : (double) below().size() / (rows.size() - 1);
    }

    /** The share of the cells that are numbers. */
    double numbers() {
        long cells = rows.stream().mapToLong(row -> row.values().size()).sum();
        long numbers = rows.stream()
                .flatMap(row -> row.values().stream())
                .filter(Decimals::isNumber)
                .count();
        return cells == 0 ? 0 : (double) numbers / cells;
    }

    /** Whether quotes do not fit in some row. */
    boolean hasBrokenQuotes() {
        return rows.stream().anyMatch(row -> row.broken() != null);
    }

    /** Whether some cell is in quotes. */
    boolean hasQuotes() {
        return rows.stream().anyMatch(row -> !row.quoted().isEmpty());
    }

    /** Whether in some column every cell below the first row is in quotes, and no quote is left over. */
    boolean quotesAColumn() {
        List<Cells> filled = rows.stream().skip(1).toList();
        return !filled.isEmpty()
                && !hasBrokenQuotes()
                && IntStream.range(0, width())
                        .anyMatch(column ->
                                filled.stream().allMatch(row -> row.quoted().get(column)));
    }

    boolean names(Set<String> columns) {
        return !columns.isEmpty() && Set.copyOf(first()).containsAll(columns);
    }

    /** {@code semicolons: 3 columns (text, label, weight)}. */
    String described() {
        String shown = first().stream().limit(4).collect(Collectors.joining(" | "));
        return String.format(Locale.ROOT, "%s: %d columns (%s)", Dialect.named(dialect.delimiter()), width(), shown);
    }
}
