package org.counterweight.data.table.write;

import java.io.IOException;
import java.io.Writer;
import java.util.List;

/** Writes CSV as RFC 4180 has it, with line feeds: quotes only around cells that need them. */
public record CsvWriter(Writer out) implements AutoCloseable {
    /** Writes a row, or the names of the columns. */
    public void line(List<String> cells) throws IOException {
        for (int i = 0; i < cells.size(); i++) {
            if (i > 0) {
                out.write(',');
            }
            out.write(quoted(cells.get(i)));
        }
        out.write('\n');
    }

    private static String quoted(String text) {
        boolean plain = true;
        for (int i = 0; i < text.length() && plain; i++) {
            char c = text.charAt(i);
            plain = c != ',' && c != '"' && c != '\n' && c != '\r';
        }
        boolean edges = !text.isEmpty()
                && (Character.isWhitespace(text.charAt(0)) || Character.isWhitespace(text.charAt(text.length() - 1)));
        return plain && !edges ? text : '"' + text.replace("\"", "\"\"") + '"';
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
