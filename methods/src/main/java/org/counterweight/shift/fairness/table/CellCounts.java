package org.counterweight.shift.fairness.table;

import org.counterweight.shift.Chunk;
import org.counterweight.shift.Role;
import org.counterweight.shift.Sums;
import org.counterweight.shift.fairness.CellShares;
import org.counterweight.shift.fairness.Cells;

/** How many rows each cell has; a row with a weight counts as often. */
public record CellCounts() implements Sums<double[], double[]> {
    @Override
    public double[] zero() {
        return new double[CellShares.CELLS];
    }

    @Override
    public double[] add(double[] sum, Chunk rows) {
        double[] labels = rows.values(Role.LABEL);
        double[] groups = rows.values(Role.GROUP);
        double[] weights = rows.weights();
        double[] counts = sum.clone();
        for (int i = 0; i < labels.length; i++) {
            counts[Cells.at(labels[i] > 0, groups[i] > 0)] += weights[i];
        }
        return counts;
    }

    @Override
    public double[] join(double[] one, double[] other) {
        double[] sum = one.clone();
        for (int k = 0; k < sum.length; k++) {
            sum[k] += other[k];
        }
        return sum;
    }

    @Override
    public double[] result(double[] sum) {
        return sum;
    }
}
