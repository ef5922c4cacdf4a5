package org.counterweight.shift;

import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A number for each row of a table that was looked at as a whole.
 *
 * @param ids the rows' numbers, rising
 * @param values in that order
 */
public record RowWeights(long[] ids, double[] values) implements Serializable {
    /** Of rows in any order. */
    public static RowWeights of(long[] ids, double[] values) {
        int[] order = IntStream.range(0, ids.length)
                .boxed()
                .sorted((a, b) -> Long.compare(ids[a], ids[b]))
                .mapToInt(Integer::intValue)
                .toArray();
        return new RowWeights(
                Arrays.stream(order).mapToLong(i -> ids[i]).toArray(),
                Arrays.stream(order).mapToDouble(i -> values[i]).toArray());
    }

    /**
     * The number of a row.
     *
     * @throws ShiftException if it was not among the rows
     */
    public double at(long id) {
        int place = id < ids.length && id >= 0 && ids[(int) id] == id ? (int) id : Arrays.binarySearch(ids, id);
        if (place < 0) {
            throw new ShiftException("row " + id
                    + " is new, and this method weighs the rows that it has seen alone; fit" + " it to all of them");
        }
        return values[place];
    }
}
