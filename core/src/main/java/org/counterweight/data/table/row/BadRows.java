package org.counterweight.data.table.row;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.counterweight.data.DataException;

/** The rows of one file that cannot be used: how many, where the first are, and what is wrong with the first of all. */
public final class BadRows {
    private static final int SHOWN = 4;

    private final Path file;
    private final TableFormat format;
    private final Kind broken = new Kind();
    private final Kind empty = new Kind();

    /** What is counted together. */
    private static final class Kind {
        private final List<Row.Place> first = new ArrayList<>();
        private long count;
        private String why = "";

        void add(Row.Place place, String reason) {
            if (count++ == 0) {
                why = reason;
            }
            if (first.size() < SHOWN) {
                first.add(place);
            }
        }

        /** {@code 3 rows are broken, the first at line 17, then 20, 31: why}. */
        String told(String one, String several) {
            var told = new StringBuilder();
            told.append(String.format(Locale.ROOT, "%,d %s ", count, count == 1 ? one : several));
            told.append(count == 1 ? "at " : "the first at ").append(first.get(0));
            for (int i = 1; i < first.size(); i++) {
                told.append(i == 1 ? ", then " : ", ").append(first.get(i).number());
            }
            return told + (count > first.size() ? ", …" : "") + ": " + why;
        }
    }

    public BadRows(Path file, TableFormat format) {
        this.file = file;
        this.format = format;
    }

    /** A row that is not what its file says that rows are. */
    public void broken(Row.Place place, String why) {
        broken.add(place, why);
    }

    /** A row that lacks something. */
    public void empty(Row.Place place, String why) {
        empty.add(place, why);
    }

    /**
     * Refuses the file if it has such rows and they are not to be skipped.
     *
     * @throws DataException with how many, and the lines of the first
     */
    public void refuse() {
        if (broken.count > 0 && format.onBadRows() == OnRow.REFUSE) {
            throw new DataException(file + ": " + broken.told("row is broken,", "rows are broken,")
                    + (broken.count == 1 ? "; mend it, or leave it out" : "; mend them, or leave them out")
                    + " (in a recipe data.format.on_bad_rows: skip, on a command --skip-bad-rows)");
        }
        if (empty.count > 0 && format.onEmpty() == OnRow.REFUSE) {
            throw new DataException(file + ": " + empty.told("row lacks a value,", "rows lack a value,")
                    + (empty.count == 1 ? "; fill it, or leave it out" : "; fill them, or leave them out")
                    + " (in a recipe data.format.on_empty: skip, on a command --skip-empty-rows)");
        }
    }

    /** What was skipped, a line each. */
    public List<String> skipped() {
        var lines = new ArrayList<String>();
        if (broken.count > 0) {
            lines.add(file + ": skipped " + broken.told("broken row,", "broken rows,"));
        }
        if (empty.count > 0) {
            lines.add(file + ": skipped " + empty.told("row without a value,", "rows without a value,"));
        }
        return lines;
    }
}
