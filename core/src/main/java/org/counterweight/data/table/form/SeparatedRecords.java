package org.counterweight.data.table.form;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.counterweight.data.table.form.TextLines.Line;
import org.jspecify.annotations.Nullable;

/**
 * Lines cut into cells (RFC 4180); a quoted cell may run over several lines. After a row whose quotes do not fit the line
 * after its first is read as the next row, so that one open quote does not swallow the rest of the file.
 */
public final class SeparatedRecords {
    private final TextLines lines;
    private final Dialect dialect;

    private final List<String> cells = new ArrayList<>();
    private final BitSet quoted = new BitSet();
    private final StringBuilder cell = new StringBuilder();
    private State state = State.START;

    private enum State {
        START,
        PLAIN,
        QUOTED,
        ESCAPED,
        CLOSED,
        BROKEN
    }

    /**
     * One row.
     *
     * @param line that it begins in
     * @param quoted which cells were in quotes
     * @param broken what is wrong with it, or null
     */
    public record Cells(
            long line,
            List<String> values,
            BitSet quoted,
            @Nullable String broken) {}

    public SeparatedRecords(TextLines lines, Dialect dialect) {
        this.lines = lines;
        this.dialect = dialect;
    }

    /** The next row, or null at the end; blank lines are passed over. */
    @Nullable
    public Cells next() throws IOException {
        Line first = lines.next();
        while (first != null && first.text().isBlank() && first.text().indexOf(dialect.delimiter()) < 0) {
            first = lines.next();
        }
        if (first == null) {
            return null;
        }
        begin();
        var later = new ArrayList<Line>();
        long size = 0;
        for (Line line = first; ; ) {
            size += line.text().length();
            if (line.tooLong()) {
                return broken(first, List.of(), "more than " + lines.longest() + " characters in a line");
            }
            read(line.text());
            if (state == State.BROKEN) {
                return broken(first, later, "text after a closing quote");
            }
            if (state != State.QUOTED) {
                break;
            }
            cell.append(line.end());
            Line next = size > lines.longest() ? null : lines.next();
            if (next == null) {
                return broken(first, later, "a quote opens and never closes");
            }
            later.add(next);
            line = next;
        }
        end();
        boolean nul = cells.stream().anyMatch(value -> value.indexOf('\0') >= 0);
        return new Cells(
                first.number(), List.copyOf(cells), (BitSet) quoted.clone(), nul ? "a NUL character in a text" : null);
    }

    private Cells broken(Line first, List<Line> later, String why) {
        lines.back(later);
        return new Cells(first.number(), List.copyOf(cells), (BitSet) quoted.clone(), why);
    }

    private void begin() {
        cells.clear();
        quoted.clear();
        cell.setLength(0);
        state = State.START;
    }

    private void end() {
        cells.add(cell.toString());
        cell.setLength(0);
        state = State.START;
    }

    private void read(String text) {
        for (int i = 0; i < text.length() && state != State.BROKEN; i++) {
            read(text.charAt(i));
        }
        if (state == State.ESCAPED) {
            state = State.QUOTED;
        }
    }

    private void read(char c) {
        boolean quote = c == dialect.quote() && c != 0;
        switch (state) {
            case START, PLAIN -> {
                if (c == dialect.delimiter()) {
                    end();
                } else if (quote && state == State.START) {
                    quoted.set(cells.size());
                    state = State.QUOTED;
                } else {
                    cell.append(c);
                    state = State.PLAIN;
                }
            }
            case QUOTED -> {
                if (quote) {
                    state = State.CLOSED;
                } else {
                    cell.append(c);
                    state = c == '\\' && dialect.backslash() ? State.ESCAPED : State.QUOTED;
                }
            }
            case ESCAPED -> {
                if (quote || c == '\\') {
                    cell.setLength(cell.length() - 1);
                }
                cell.append(c);
                state = State.QUOTED;
            }
            case CLOSED -> {
                if (c == dialect.delimiter()) {
                    end();
                } else if (quote && !dialect.backslash()) {
                    cell.append(c);
                    state = State.QUOTED;
                } else if (c != ' ') {
                    state = State.BROKEN;
                }
            }
            case BROKEN -> {}
        }
    }
}
