package org.counterweight.shift.fairness.table;

import java.io.Serializable;
import java.util.List;
import org.counterweight.engine.Seed;
import org.counterweight.shift.fairness.CellShares;
import org.counterweight.shift.fairness.Resampling;
import org.jspecify.annotations.Nullable;

/**
 * What was found for a table's cells.
 *
 * @param counts rows of each cell, by their weights
 * @param after the shares that the cells shall have
 * @param weights of the rows of each cell
 * @param lots the highest {@link Resampling#lot} that is kept of each cell; null where all rows stay
 * @param kept rows of each cell that stay; null likewise
 * @param seed of the lots
 * @param range the correlation of the deployment: lower and upper end
 * @param remarks where the range comes from
 */
public record FairFit(
        double[] counts,
        CellShares after,
        double[] weights,
        long @Nullable [] lots,
        long @Nullable [] kept,
        Seed seed,
        double[] range,
        List<String> remarks)
        implements AutoCloseable, Serializable {
    /** The shares that there are. */
    CellShares before() {
        return CellShares.ofCounts(counts);
    }

    @Override
    public void close() {} // nothing native
}
