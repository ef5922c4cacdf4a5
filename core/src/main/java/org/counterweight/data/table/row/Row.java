package org.counterweight.data.table.row;

import java.util.List;

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
     */
    public record Place(long number, boolean isLine) {
        public static Place line(long number) {
            return new Place(number, true);
        }

        /** A row of a file without lines. */
        public static Place row(long number) {
            return new Place(number, false);
        }

        @Override
        public String toString() {
            return (isLine ? "line " : "row ") + number;
        }
    }
}
