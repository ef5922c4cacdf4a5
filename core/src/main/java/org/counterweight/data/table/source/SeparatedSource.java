package org.counterweight.data.table.source;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.counterweight.data.table.form.Bytes;
import org.counterweight.data.table.form.Dialect;
import org.counterweight.data.table.form.Encoding;
import org.counterweight.data.table.form.FormFinder;
import org.counterweight.data.table.form.SeparatedForm;
import org.counterweight.data.table.form.SeparatedRecords;
import org.counterweight.data.table.form.SeparatedRecords.Cells;
import org.counterweight.data.table.form.TextLines;
import org.counterweight.data.table.row.BadRows;
import org.counterweight.data.table.row.Cell;
import org.counterweight.data.table.row.Column;
import org.counterweight.data.table.row.Decimals;
import org.counterweight.data.table.row.Row;
import org.counterweight.data.table.row.Row.Place;
import org.counterweight.data.table.row.RowCheck;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.data.table.row.Wanted;
import org.jspecify.annotations.Nullable;

/** Rows with delimiters between their cells: CSV and its kin. */
public record SeparatedSource(Bytes bytes, Charset charset, SeparatedForm form, List<String> said)
        implements RowSource {
    /** So many characters of a file are the evidence for its form. */
    private static final int EVIDENCE = 1 << 20;

    public static SeparatedSource open(Bytes bytes, TableFormat format, Set<String> expected) throws IOException {
        Charset stated = format.charset();
        Encoding encoding = stated == null ? Encoding.of(bytes) : new Encoding(stated, null);
        String text = beginning(bytes, encoding.charset());
        boolean whole = text.length() < EVIDENCE;
        char usual = bytes.name().endsWith(".tsv") ? '\t' : ',';
        SeparatedForm form = new FormFinder(bytes.file(), format, expected, usual, text, whole).find();
        var said = new ArrayList<>(form.said());
        if (encoding.said() != null) {
            said.add(encoding.said());
        }
        return new SeparatedSource(bytes, encoding.charset(), form, List.copyOf(said));
    }

    private static String beginning(Bytes bytes, Charset charset) throws IOException {
        try (Reader reader = bytes.open(charset)) {
            var text = new char[EVIDENCE];
            int filled = 0;
            for (int read; filled < EVIDENCE && (read = reader.read(text, filled, EVIDENCE - filled)) > 0; ) {
                filled += read;
            }
            int start = filled > 0 && text[0] == '\uFEFF' ? 1 : 0;
            return new String(text, start, filled - start);
        } catch (CharacterCodingException e) {
            throw Encoding.wrong(bytes, charset, e);
        }
    }

    @Override
    public List<Column> columns() {
        return form.columns();
    }

    @Override
    public Decimals decimals() {
        return form.decimals();
    }

    @Override
    public void read(List<Wanted> wanted, BadRows bad, Consumer<Row> sink) throws IOException {
        int[] places =
                wanted.stream().mapToInt(column -> form.indexOf(column.name())).toArray();
        var check = new RowCheck(bytes.file(), wanted, form.decimals(), bad);
        try (var lines = new TextLines(bytes.open(charset), TextLines.LONGEST)) {
            var records = new SeparatedRecords(lines, form.dialect());
            for (int i = 0; i < form.skipped(); i++) {
                lines.next();
            }
            List<String> header = List.of();
            if (form.header()) {
                Cells first = records.next();
                header = first == null ? List.of() : first.values();
            }
            for (Cells cells; (cells = records.next()) != null; ) {
                Place place = Place.line(cells.line());
                String broken = broken(cells, header);
                if (broken != null) {
                    bad.broken(place, broken);
                } else if (cells.values().stream().allMatch(String::isBlank)) {
                    bad.empty(place, "all cells are empty");
                } else {
                    Row row = check.row(place, cells(cells, places));
                    if (row != null) {
                        sink.accept(row);
                    }
                }
            }
        } catch (CharacterCodingException e) {
            throw Encoding.wrong(bytes, charset, e);
        }
    }

    private static List<Cell> cells(Cells row, int[] places) {
        var cells = new ArrayList<Cell>(places.length);
        for (int place : places) {
            String value = row.values().get(place);
            cells.add(value.isEmpty() ? new Cell.Nothing() : new Cell.Text(value));
        }
        return cells;
    }

    private @Nullable String broken(Cells row, List<String> header) {
        if (row.broken() != null) {
            return row.broken();
        }
        int found = row.values().size();
        int expected = form.columns().size();
        if (found != expected) {
            return found + (found == 1 ? " cell" : " cells") + " where the "
                    + (form.header() ? "header names " : "first row has ") + expected
                    + (found > expected
                            ? " (texts with " + Dialect.named(form.dialect().delimiter()) + " go in quotes)"
                            : "");
        }
        return row.values().equals(header) ? "the names of the columns again" : null;
    }
}
