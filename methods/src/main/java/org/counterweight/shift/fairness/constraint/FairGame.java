package org.counterweight.shift.fairness.constraint;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.shift.fairness.CellShares;
import org.counterweight.shift.fairness.Cells;
import org.counterweight.shift.fairness.FairnessMetrics;

/**
 * The terms of the reductions approach for rows in cells: the error of a classifier, and for each constraint how far it is
 * broken. Constraints come as group 1, group 0 of each set of rows, then the same with the other sign.
 *
 * @param cells of the rows
 * @param weights how many rows a row of each cell stands for
 * @param constraint which rates are compared
 * @param slack ε, how far they may be apart
 */
public record FairGame(Cells cells, double[] weights, FairConstraint constraint, double slack) {
    public FairGame {
        weights = weights.clone();
    }

    /** Over rows that count alike. */
    public FairGame(Cells cells, FairConstraint constraint, double slack) {
        this(cells, new double[] {1, 1, 1, 1}, constraint, slack);
    }

    @Override
    public double[] weights() {
        return weights.clone();
    }

    /** How many rows a cell stands for. */
    private double counted(int cell) {
        return cells.count(cell) * weights[cell];
    }

    private double counted() {
        double all = 0;
        for (int k = 0; k < CellShares.CELLS; k++) {
            all += counted(k);
        }
        return all;
    }

    /** How many constraints there are. */
    public int constraints() {
        return 4 * constraint.events();
    }

    /** The share of wrong answers, of rates of y = 1 in each cell. */
    public double error(double... rates) {
        double error = 0;
        for (int k = 0; k < CellShares.CELLS; k++) {
            error += counted(k) * (k < 2 ? 1 - rates[k] : rates[k]);
        }
        return error / counted();
    }

    /** How far each constraint is broken, its slack not yet taken off; of rates of y = 1 in each cell. */
    public double[] gaps(double... rates) {
        double[] gaps = new double[constraints()];
        for (int k = 0; k < CellShares.CELLS; k++) {
            double[] slopes = slopes(k);
            for (int c = 0; c < gaps.length; c++) {
                gaps[c] += slopes[c] * counted(k) * rates[k];
            }
        }
        return gaps;
    }

    /** What a row of a cell that is predicted y = 1, and stands for one row, adds to each constraint. */
    private double[] slopes(int cell) {
        int half = constraints() / 2;
        double[] slopes = new double[2 * half];
        for (int event = 0; event < constraint.events(); event++) {
            if (!constraint.counts(event, cell)) {
                continue;
            }
            double all = rows(event, 0) + rows(event, 1);
            for (int group = 0; group < 2; group++) { // 0 stands for z = 1
                double own = cell % 2 == group ? 1 / rows(event, group) : 0;
                slopes[2 * event + group] = own - 1 / all;
                slopes[half + 2 * event + group] = 1 / all - own;
            }
        }
        return slopes;
    }

    private double rows(int event, int group) {
        double rows = 0;
        for (int k = group; k < CellShares.CELLS; k += 2) {
            rows += constraint.counts(event, k) ? counted(k) : 0;
        }
        return rows;
    }

    /** The cost of predicting y = 1 for a row of each cell, less that of predicting −1. */
    public double[] costs(double... lambda) {
        double[] costs = new double[CellShares.CELLS];
        for (int k = 0; k < costs.length; k++) {
            costs[k] = (k < 2 ? -1.0 : 1.0) / counted();
            double[] slopes = slopes(k);
            for (int c = 0; c < slopes.length; c++) {
                costs[k] += lambda[c] * slopes[c];
            }
            costs[k] *= weights[k];
        }
        return costs;
    }

    /** The rate of y = 1 in each cell, of predictions 0 and 1, {@code [n]}. */
    public double[] rates(Tensor predictions) {
        double[] found = FairnessMetrics.of(predictions, cells, 0.5).positives();
        double[] rates = new double[CellShares.CELLS];
        for (int k = 0; k < rates.length; k++) {
            rates[k] = cells.count(k) == 0 ? 0 : found[k] / cells.count(k);
        }
        return rates;
    }

    /** One number a row. */
    Tensor spread(double... ofCell) {
        return cells.spread(ofCell);
    }
}
