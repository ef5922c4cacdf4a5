package org.counterweight.shift.fairness.batch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.counterweight.engine.Seed;
import org.counterweight.shift.fairness.CellShares;
import org.counterweight.shift.fairness.Cells;

/**
 * An epoch's batches with this many rows of each cell.
 *
 * @param sizes rows of each cell in a batch, in the order of the cells
 * @param count batches in an epoch
 */
public record FairBatches(int[] sizes, int count, Wrap wrap) {
    private static final int[] ORDER = {3, 1, 2, 0}; // of the cells within a batch before it is shuffled

    public FairBatches {
        sizes = sizes.clone();
    }

    @Override
    public int[] sizes() {
        return sizes.clone();
    }

    /**
     * Deals rows out.
     *
     * @param shuffled each cell's rows in random order
     * @return the rows of each batch, one cell after the other
     */
    public List<int[]> deal(int[][] shuffled) {
        var deals = new CellDeal[shuffled.length];
        for (int k = 0; k < deals.length; k++) {
            deals[k] = new CellDeal(shuffled[k], wrap);
        }
        var batches = new ArrayList<int[]>(count);
        for (int i = 0; i < count; i++) {
            var rows = new ArrayList<int[]>();
            int length = 0;
            for (int cell : ORDER) {
                int[] chunk = deals[cell].chunk(sizes[cell]);
                rows.add(chunk);
                length += chunk.length;
            }
            int[] batch = new int[length];
            int at = 0;
            for (int[] chunk : rows) {
                System.arraycopy(chunk, 0, batch, at, chunk.length);
                at += chunk.length;
            }
            batches.add(batch);
        }
        return batches;
    }

    /** An epoch's batches, each cell and each batch shuffled. */
    public List<int[]> epoch(Cells cells, Seed seed) {
        int[][] shuffled = new int[CellShares.CELLS][];
        for (int k = 0; k < shuffled.length; k++) {
            shuffled[k] = permuted(cells.rows(k), seed.child("cell").child(k));
        }
        List<int[]> batches = deal(shuffled);
        for (int i = 0; i < batches.size(); i++) {
            batches.set(i, permuted(batches.get(i), seed.child("batch").child(i)));
        }
        return batches;
    }

    /** The same with every chunk drawn from its whole cell anew: no row twice in a chunk while the cell has enough. */
    public List<int[]> independent(Cells cells, Seed seed) {
        int[][] rows = new int[CellShares.CELLS][];
        for (int k = 0; k < rows.length; k++) {
            rows[k] = cells.rows(k);
        }
        var batches = new ArrayList<int[]>(count);
        for (int i = 0; i < count; i++) {
            Seed own = seed.child(i);
            int[][] drawn = new int[CellShares.CELLS][];
            for (int k = 0; k < rows.length; k++) {
                drawn[k] = permuted(rows[k], own.child("cell").child(k));
            }
            batches.add(permuted(new FairBatches(sizes, 1, wrap).deal(drawn).get(0), own.child("batch")));
        }
        return batches;
    }

    /** Ordinary batches: all rows shuffled, those left over at the end are not seen in this epoch. */
    static List<int[]> plain(int rows, int size, int count, Seed seed) {
        int[] order = seed.permutation(rows);
        var batches = new ArrayList<int[]>();
        for (int i = 0; i < count; i++) {
            batches.add(Arrays.copyOfRange(order, i * size, (i + 1) * size));
        }
        return batches;
    }

    static int[] permuted(int[] rows, Seed seed) {
        int[] order = seed.permutation(rows.length);
        int[] permuted = new int[rows.length];
        for (int i = 0; i < order.length; i++) {
            permuted[i] = rows[order[i]];
        }
        return permuted;
    }
}
