package org.counterweight.shift.fairness.frontier;

import java.io.Serializable;
import java.util.List;
import org.counterweight.shift.fairness.CellShares;

/**
 * What was found for a table.
 *
 * @param weights of the rows of each cell
 * @param before shares of the cells
 * @param after the shares that they are weighed to
 * @param tried all classifiers
 * @param best the place of the one that was taken
 * @param remarks where the correlation of the deployment comes from
 */
record FairModels(
        double[] weights, CellShares before, CellShares after, List<Candidate> tried, int best, List<String> remarks)
        implements AutoCloseable, Serializable {
    Candidate taken() {
        return tried.get(best);
    }

    @Override
    public void close() {} // plain numbers
}
