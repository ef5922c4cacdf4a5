package org.counterweight.jobs.data.file;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.counterweight.data.table.Table;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.row.Wanted;

/**
 * Rows of a file that are known to be of use, and how many they are. They are read anew, some at a time, so that a file of any
 * size takes little memory.
 */
public final class CheckedRows {
    private final long size;
    private final BiConsumer<Integer, Consumer<TableRows>> reader;

    private CheckedRows(long size, BiConsumer<Integer, Consumer<TableRows>> reader) {
        this.size = size;
        this.reader = reader;
    }

    /**
     * Looks through a table.
     *
     * @param remarks takes what was skipped, a line each
     * @throws org.counterweight.data.DataException if rows cannot be used and are not to be skipped
     */
    static CheckedRows of(Table table, List<Wanted> wanted, Consumer<String> remarks) {
        var found = new long[1];
        table.read(wanted, chunk -> found[0] += chunk.rows().size()).forEach(remarks);
        return new CheckedRows(found[0], (rows, sink) -> table.readSome(wanted, rows, sink));
    }

    /** One column of texts that are here already. */
    static CheckedRows of(String name, List<String> texts) {
        return new CheckedRows(texts.size(), (rows, sink) -> {
            for (int from = 0; from < texts.size(); from += rows) {
                sink.accept(TableRows.ofTexts(name, texts.subList(from, Math.min(texts.size(), from + rows))));
            }
        });
    }

    /** How many there are. */
    public long size() {
        return size;
    }

    /** Reads them in their order, this many at a time, or a few more. */
    public void each(int rows, Consumer<TableRows> sink) {
        reader.accept(rows, sink);
    }
}
