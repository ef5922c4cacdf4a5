package org.counterweight.shift.fairness;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.ShiftException;

/** Which of the four cells each row is in. */
public final class Cells {
    private final int[] cells;
    private final long[] counts = new long[CellShares.CELLS];

    private Cells(int[] cells) {
        this.cells = cells;
        for (int cell : cells) {
            counts[cell]++;
        }
    }

    /**
     * Cells of rows in memory.
     *
     * @param y labels, 1 and −1 (or 0), {@code [n]}
     * @param z groups, 1 and 0, {@code [n]}
     * @throws ShiftException naming the row with another value
     */
    public static Cells of(Tensor y, Tensor z) {
        double[] labels = Tensors.toDoubles(y);
        double[] groups = Tensors.toDoubles(z);
        int[] cells = new int[labels.length];
        for (int i = 0; i < cells.length; i++) {
            boolean one = groups[i] == 1;
            boolean positive = labels[i] == 1;
            if (!one && groups[i] != 0) {
                throw new ShiftException("row " + (i + 1) + ": the group is " + groups[i] + "; expected 0 or 1");
            }
            if (!positive && labels[i] != -1 && labels[i] != 0) {
                throw new ShiftException("row " + (i + 1) + ": the label is " + labels[i] + "; expected 1, -1 or 0");
            }
            cells[i] = at(positive, one);
        }
        return new Cells(cells);
    }

    /** Some of the rows, in that order. */
    public Cells select(int... rows) {
        return new Cells(Arrays.stream(rows).map(row -> cells[row]).toArray());
    }

    /** The number of a cell. */
    public static int at(boolean positive, boolean one) {
        return (positive ? 0 : 2) + (one ? 0 : 1);
    }

    public int size() {
        return cells.length;
    }

    /** The cell of a row. */
    public int of(int row) {
        return cells[row];
    }

    /** Rows in each cell. */
    public long[] counts() {
        return counts.clone();
    }

    /** Rows in a cell. */
    public long count(int cell) {
        return counts[cell];
    }

    public CellShares shares() {
        return CellShares.ofCounts(counts);
    }

    /** The rows of a cell, in their order. */
    public int[] rows(int cell) {
        int[] rows = new int[Math.toIntExact(counts[cell])];
        int filled = 0;
        for (int row = 0; row < cells.length; row++) {
            if (cells[row] == cell) {
                rows[filled++] = row;
            }
        }
        return rows;
    }

    /**
     * About so many rows, drawn without replacement from each cell by its share and at least one of each that has any; in their
     * order.
     */
    public int[] sample(int about, Seed seed) {
        return IntStream.range(0, CellShares.CELLS)
                .flatMap(cell ->
                        sample(rows(cell), Math.round((double) about * counts[cell] / size()), seed.child(cell)))
                .sorted()
                .toArray();
    }

    private static IntStream sample(int[] rows, long some, Seed seed) {
        return Arrays.stream(seed.permutation(rows.length))
                .limit(Math.max(1, some))
                .map(place -> rows[place]);
    }

    /** One number a row, from one a cell; float64 {@code [n]}. */
    public Tensor spread(double... ofCell) {
        return Tensors.doubles(
                Arrays.stream(cells).mapToDouble(cell -> ofCell[cell]).toArray());
    }

    /** The cells' numbers, {@code int64 [n]}. */
    public Tensor index() {
        return Tensors.longs(Arrays.stream(cells).asLongStream().toArray());
    }
}
