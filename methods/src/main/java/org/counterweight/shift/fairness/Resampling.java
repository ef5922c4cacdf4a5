package org.counterweight.shift.fairness;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.counterweight.engine.Seed;

/**
 * Rows drawn so that the cells have new shares: floor(n_k r_k / max r) rows of each, without replacement. The cell of the
 * largest ratio keeps all of its rows.
 *
 * @param weights r_k = w'_k / w_k
 * @param counts n_k
 * @param kept rows to keep of each
 */
public record Resampling(double[] weights, long[] counts, long[] kept) {
    private static final double EXACT = 1e-9; // a count that is whole but for rounding stays whole

    public Resampling {
        weights = weights.clone();
        counts = counts.clone();
        kept = kept.clone();
    }

    @Override
    public double[] weights() {
        return weights.clone();
    }

    @Override
    public long[] counts() {
        return counts.clone();
    }

    @Override
    public long[] kept() {
        return kept.clone();
    }

    /** For counted cells and the shares that they shall have. */
    public static Resampling of(long[] counts, CellShares after) {
        double[] weights = CellShares.ofCounts(counts).ratios(after);
        double largest = Arrays.stream(weights).max().orElse(0);
        long[] kept = new long[counts.length];
        for (int k = 0; k < kept.length; k++) {
            kept[k] = (long) Math.floor(counts[k] * weights[k] / largest + EXACT);
        }
        return new Resampling(weights, counts, kept);
    }

    /** The shares of what is kept. */
    public CellShares after() {
        return CellShares.ofCounts(kept);
    }

    /**
     * The number that decides over a row: of each cell those with the least are kept. It depends on the row's own number and
     * nothing else, so the draw is the same however the rows are read or divided.
     */
    public static long lot(Seed seed, long row) {
        return seed.child(row).value();
    }

    /** Which rows are kept, in their order, of rows in memory numbered from 0. */
    public int[] draw(Cells cells, Seed seed) {
        long[] highest = new long[CellShares.CELLS];
        for (int k = 0; k < highest.length; k++) {
            long[] lots = Arrays.stream(cells.rows(k))
                    .mapToLong(row -> lot(seed, row))
                    .sorted()
                    .toArray();
            highest[k] = kept[k] == 0 ? Long.MIN_VALUE : lots[Math.toIntExact(kept[k] - 1)];
        }
        return IntStream.range(0, cells.size())
                .filter(row -> kept[cells.of(row)] > 0 && lot(seed, row) <= highest[cells.of(row)])
                .toArray();
    }
}
