package org.counterweight.data.table.form;

import java.io.Closeable;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The lines of a text, ended as on any system, in bounded memory: what is longer than {@link #LONGEST} is passed over. */
public final class TextLines implements Closeable {
    /** Characters of a line, or of a row of several lines. */
    public static final int LONGEST = 1 << 26;

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final Reader reader;
    private final int longest;
    private final Deque<Line> back = new ArrayDeque<>();
    private final char[] buffer = new char[1 << 16];
    private int at;
    private int filled;
    private long number;

    /**
     * A line.
     *
     * @param end what ended it: nothing at the end of the file
     * @param tooLong whether {@code text} is only its beginning
     */
    public record Line(long number, String text, String end, boolean tooLong) {}

    public TextLines(Reader reader, int longest) {
        this.reader = reader;
        this.longest = longest;
    }

    /** The next line, or null at the end. */
    @Nullable
    public Line next() throws IOException {
        if (!back.isEmpty()) {
            return back.poll();
        }
        if (peek() < 0) {
            return null;
        }
        number++;
        if (number == 1 && peek() == BYTE_ORDER_MARK) {
            at++;
        }
        var text = new StringBuilder();
        boolean tooLong = false;
        for (int c; (c = peek()) >= 0; ) {
            at++;
            if (c == '\n') {
                return new Line(number, text.toString(), "\n", tooLong);
            }
            if (c == '\r') {
                boolean both = peek() == '\n';
                at += both ? 1 : 0;
                return new Line(number, text.toString(), both ? "\r\n" : "\r", tooLong);
            }
            if (text.length() < longest) {
                text.append((char) c);
            } else {
                tooLong = true;
            }
        }
        return new Line(number, text.toString(), "", tooLong);
    }

    /** The line that is being read, or was read last. */
    long number() {
        return number;
    }

    /** Puts lines back that were read, to be read again. */
    void back(List<Line> lines) {
        for (int i = lines.size() - 1; i >= 0; i--) {
            back.push(lines.get(i));
        }
    }

    public int longest() {
        return longest;
    }

    private int peek() throws IOException {
        if (at == filled) {
            filled = Math.max(0, reader.read(buffer, 0, buffer.length));
            at = 0;
        }
        return filled == 0 ? -1 : buffer[at];
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
