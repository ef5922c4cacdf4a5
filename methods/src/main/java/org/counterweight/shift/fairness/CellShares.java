package org.counterweight.shift.fairness;

import java.io.Serializable;
import java.util.Arrays;
import org.counterweight.shift.ShiftException;

/**
 * The shares of the four cells of a binary label y and a binary group z, of sum 1.
 *
 * @param positiveOne of y = 1, z = 1
 * @param positiveZero of y = 1, z = 0
 * @param negativeOne of y = −1, z = 1
 * @param negativeZero of y = −1, z = 0
 */
public record CellShares(double positiveOne, double positiveZero, double negativeOne, double negativeZero)
        implements Serializable {
    /** How many cells there are. */
    public static final int CELLS = 4;

    private static final String[] NAMES = {"(y=1, z=1)", "(y=1, z=0)", "(y=-1, z=1)", "(y=-1, z=0)"};

    /** Shares in the order of the cells. */
    public static CellShares of(double... shares) {
        if (shares.length != CELLS) {
            throw new IllegalArgumentException("four cells have four shares, not " + shares.length);
        }
        return new CellShares(shares[0], shares[1], shares[2], shares[3]);
    }

    /**
     * Shares of counted rows.
     *
     * @throws ShiftException if there are no rows
     */
    public static CellShares ofCounts(long... counts) {
        return ofCounts(Arrays.stream(counts).asDoubleStream().toArray());
    }

    /** The same of rows that count as often as their weights say. */
    public static CellShares ofCounts(double... counts) {
        double all = 0;
        for (double count : counts) {
            all += count;
        }
        if (all == 0) {
            throw new ShiftException("there are no rows to weigh");
        }
        return of(counts[0] / all, counts[1] / all, counts[2] / all, counts[3] / all);
    }

    /** What a cell is called. */
    public static String name(int cell) {
        return NAMES[cell];
    }

    /** In the order of the cells. */
    public double[] toArray() {
        return new double[] {positiveOne, positiveZero, negativeOne, negativeZero};
    }

    /** Pr(y = 1). */
    public double positive() {
        return positiveOne + positiveZero;
    }

    /** Pr(z = 1). */
    public double one() {
        return positiveOne + negativeOne;
    }

    /** c = Pr(y = 1 | z = 1) − Pr(y = 1 | z = 0); NaN where a group has no rows. */
    public double correlation() {
        return positiveOne / one() - positiveZero / (positiveZero + negativeZero);
    }

    /** Pearson's correlation of y and z; NaN where one of them is constant. */
    public double pearson() {
        double y = positive();
        double z = one();
        return (positiveOne * negativeZero - positiveZero * negativeOne) / Math.sqrt(y * (1 - y) * z * (1 - z));
    }

    /** Each cell's share in {@code other}, divided by that here: the weight of its rows. A cell without rows stays at 0. */
    public double[] ratios(CellShares other) {
        double[] here = toArray();
        double[] there = other.toArray();
        double[] ratios = new double[CELLS];
        for (int k = 0; k < CELLS; k++) {
            if (here[k] == 0 && there[k] > 0) {
                throw new ShiftException("the cell " + name(k) + " has no rows, so none can be given its share of "
                        + there[k] + "; add rows of it, or loosen the tolerances");
            }
            ratios[k] = here[k] == 0 ? 0 : there[k] / here[k];
        }
        return ratios;
    }

    /**
     * The weights that make label and group independent and keep the shares of both: Pr(y) Pr(z) / Pr(y, z).
     *
     * <p>F. Kamiran and T. Calders, "Data preprocessing techniques for classification without discrimination", KAIS 2012.
     */
    public double[] reweighing() {
        return ratios(of(
                positive() * one(),
                positive() * (1 - one()),
                (1 - positive()) * one(),
                (1 - positive()) * (1 - one())));
    }

    /** These shares with each cell's rows weighted. */
    public CellShares weighted(double... weights) {
        double[] shares = toArray();
        double sum = 0;
        for (int k = 0; k < CELLS; k++) {
            shares[k] *= weights[k];
            sum += shares[k];
        }
        return of(shares[0] / sum, shares[1] / sum, shares[2] / sum, shares[3] / sum);
    }

    /**
     * The highest accuracy that any classifier can have whose positive rates differ by at most {@code tolerance} between the
     * groups: 1 − min(Pr(z = 1), Pr(z = 0)) max(|c| − tolerance, 0). Attained where y follows from x.
     */
    public double parityBound(double tolerance) {
        double smaller = Math.min(one(), 1 - one());
        return 1 - smaller * Math.max(Math.abs(correlation()) - tolerance, 0);
    }
}
