package org.counterweight.data.table.row;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One row of a table: the cells of the columns that were asked for, in their order.
 *
 * @param place where it stands in its file
 */
public record Row(Place place, List<Cell> cells) {
    /**
     * Where a row begins.
     *
     * @param isLine whether {@code number} is the file's line; else it is the row's number; both count from 1
     * @param file where several are read as one; else null
     */
    public record Place(long number, boolean isLine, @Nullable String file) {
        public static Place line(long number) {
            return new Place(number, true, null);
        }

        /** A row of a file without lines. */
        public static Place row(long number) {
            return new Place(number, false, null);
        }

        /** The same in one of several files. */
        public Place in(String name) {
            return new Place(number, isLine, name);
        }

        @Override
        public String toString() {
            return (file == null ? "" : file + ", ") + (isLine ? "line " : "row ") + number;
        }
    }
}
