package org.counterweight.data.table.form;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.counterweight.data.DataException;
import org.counterweight.data.table.row.Column;
import org.counterweight.data.table.row.Column.Type;
import org.counterweight.data.table.row.Decimals;
import org.counterweight.data.table.row.TableFormat;
import org.jspecify.annotations.Nullable;

/**
 * Finds how the columns of a file are separated, from all of its first rows. Names of columns that the user asks for are
 * evidence too: the reading that has them is the one that was meant.
 *
 * @param usual the delimiter by the file's ending
 * @param text the first lines
 * @param whole whether they are all
 */
public record FormFinder(Path file, TableFormat format, Set<String> expected, char usual, String text, boolean whole) {
    private static final List<Character> DELIMITERS = List.of(',', ';', '\t', '|');
    private static final Pattern EXCEL = Pattern.compile("\\A\\uFEFF?\"?sep=([^\\r\\n])\"?(\\r\\n|\\r|\\n)");

    /** An occurrence or two below the header may be chance. */
    private static final int REPEATED = 2;

    /**
     * Finds it.
     *
     * @throws DataException if there are two readings, and nothing tells which is meant
     */
    public SeparatedForm find() {
        Matcher excel = EXCEL.matcher(text);
        boolean stated = excel.find();
        String rows = stated ? text.substring(excel.end()) : text;
        Character given = format.delimiter() != null
                ? Character.valueOf(format.delimiter().charAt(0))
                : stated ? Character.valueOf(excel.group(1).charAt(0)) : null;
        Reading reading = given != null
                ? quoted(rows, given)
                : choose(DELIMITERS.stream()
                        .map(delimiter -> quoted(rows, delimiter))
                        .toList());
        reading = escaped(rows, reading);
        boolean header = header(reading);
        Decimals found = decimals(reading, header);
        Decimals said = SeparatedForm.said(format);
        Dialect dialect = reading.dialect();
        List<String> unusual = Stream.of(
                        format.delimiter() == null && dialect.delimiter() != usual
                                ? Dialect.named(dialect.delimiter()) + " between columns"
                                : null,
                        format.quote() == null && dialect.quote() == Dialect.SINGLE ? "single quotes" : null,
                        dialect.backslash() ? "backslashes before quotes" : null,
                        said == null && found == Decimals.COMMA ? "decimal commas" : null)
                .filter(Objects::nonNull)
                .toList();
        Decimals decimals = said == null ? found : said;
        return new SeparatedForm(
                dialect, decimals, header, stated ? 1 : 0, columns(reading, header), List.copyOf(unusual));
    }

    private Reading quoted(String rows, char delimiter) {
        if (format.quote() != null) {
            char quote = format.quote().equals("none") ? 0 : format.quote().charAt(0);
            return Reading.of(rows, whole, new Dialect(delimiter, quote, false));
        }
        Reading usually = Reading.of(rows, whole, new Dialect(delimiter, Dialect.DOUBLE, false));
        if (usually.hasQuotes()) {
            return usually;
        }
        Reading single = Reading.of(rows, whole, new Dialect(delimiter, Dialect.SINGLE, false));
        return single.quotesAColumn() ? single : usually;
    }

    private Reading escaped(String rows, Reading reading) {
        if (!reading.hasBrokenQuotes() || reading.dialect().quote() == 0) {
            return reading;
        }
        var dialect =
                new Dialect(reading.dialect().delimiter(), reading.dialect().quote(), true);
        Reading escaped = Reading.of(rows, whole, dialect);
        return escaped.hasBrokenQuotes() ? reading : escaped;
    }

    private Reading choose(List<Reading> readings) {
        Reading usually = readings.stream()
                .filter(reading -> reading.dialect().delimiter() == usual)
                .findFirst()
                .orElseGet(() -> readings.get(0));
        if (!Boolean.FALSE.equals(format.header())) {
            if (usually.names(expected)) {
                return usually;
            }
            List<Reading> named =
                    readings.stream().filter(reading -> reading.names(expected)).toList();
            if (named.size() == 1) {
                return named.get(0);
            }
        }
        Comparator<Reading> better =
                Comparator.comparingDouble(Reading::consistency).thenComparingDouble(Reading::numbers);
        List<Reading> several = readings.stream()
                .filter(reading -> reading.width() > 1)
                .sorted(better.reversed())
                .toList();
        if (several.isEmpty()) {
            return usually;
        }
        if (several.size() > 1 && better.compare(several.get(0), several.get(1)) == 0) {
            throw new DataException(file + ": can be read in two ways, with "
                    + several.get(0).described() + ", or with " + several.get(1).described()
                    + "; say which (data.format.delimiter, --delimiter)");
        }
        return several.get(0);
    }

    private boolean header(Reading reading) {
        if (format.header() != null) {
            return format.header();
        }
        if (reading.names(expected)) {
            return true;
        }
        List<String> first = reading.first();
        for (int column = 0; column < first.size(); column++) {
            String cell = first.get(column);
            List<String> below = reading.below(column);
            boolean number = Decimals.isNumber(cell)
                    && !below.isEmpty()
                    && below.stream().allMatch(Decimals::isNumber);
            long again = below.stream().filter(cell::equals).count();
            if (number || again >= REPEATED && !cell.isEmpty()) {
                throw new DataException(file + ": its first line has \"" + cell + "\", as rows below have "
                        + (number ? "numbers" : "it") + " in column " + (column + 1)
                        + ", so it may be a row and name no columns; say data.format.header: false (--no-header), which"
                        + " names them column1, column2, …, or true if it does name them");
            }
        }
        return true;
    }

    private static Decimals decimals(Reading reading, boolean header) {
        boolean point = false;
        boolean comma = false;
        boolean unknown = false;
        for (int column = 0; column < reading.width(); column++) {
            List<String> cells = new ArrayList<>(reading.below(column));
            if (!header && !reading.first().get(column).isEmpty()) {
                cells.add(reading.first().get(column));
            }
            if (!cells.stream().allMatch(Decimals::isNumber)) {
                continue;
            }
            for (String cell : cells) {
                Decimals shown = Decimals.shownBy(cell);
                point |= shown == Decimals.POINT;
                comma |= shown == Decimals.COMMA;
                unknown |= shown == Decimals.UNKNOWN;
            }
        }
        if (comma) {
            return point ? Decimals.UNKNOWN : Decimals.COMMA;
        }
        return unknown && !point ? Decimals.UNKNOWN : Decimals.POINT;
    }

    private static List<Column> columns(Reading reading, boolean header) {
        var columns = new ArrayList<Column>();
        for (String name : reading.first()) {
            int number = columns.size() + 1;
            columns.add(new Column(
                    header && !name.isEmpty() ? name : "column" + number, type(reading.below(columns.size()))));
        }
        return columns;
    }

    private static Type type(List<String> cells) {
        if (cells.isEmpty()) {
            return Type.NULL;
        }
        if (cells.stream().allMatch(Decimals::isNumber)) {
            return Type.NUMBER;
        }
        boolean truths = cells.stream().map(FormFinder::truth).noneMatch(Objects::isNull);
        return truths ? Type.BOOLEAN : Type.TEXT;
    }

    private static @Nullable Boolean truth(String cell) {
        return cell.equalsIgnoreCase("true") ? Boolean.TRUE : cell.equalsIgnoreCase("false") ? Boolean.FALSE : null;
    }
}
