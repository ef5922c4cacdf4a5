package org.counterweight.shift.fairness;

import java.util.Locale;
import org.counterweight.shift.ShiftException;

/**
 * The shares of the cells nearest to the data's that have the deployment's correlation.
 *
 * <p>Roh et al., ICML 2023: minimise ‖w' − w‖² subject to c(w') = c, |Pr'(y) − Pr(y)| ≤ g_y, |Pr'(z) − Pr(z)| ≤ g_z, w' ≥ 0. The
 * authors relax it to a semidefinite programme; here, with q = Pr'(z = 1) fixed, w' is affine in p = Pr'(y = 1), so the best p
 * is known and one dimension is left to search.
 *
 * @param before w
 * @param after w'
 * @param objective ‖w' − w‖²
 */
public record CellRatio(CellShares before, CellShares after, double objective) {
    private static final int GRID = 2001;
    private static final double EDGE = 1e-9; // both groups have rows
    private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

    /**
     * How far the shares of labels and groups may move, as probabilities.
     *
     * @param y g_y, in [0, 1]; half of the official code's gamma_1
     * @param z g_z, in [0, 1]; half of the official code's gamma_2
     */
    public record Tolerance(double y, double z) {
        public Tolerance {
            if (!(y >= 0 && y <= 1 && z >= 0 && z <= 1)) {
                throw new ShiftException("the tolerances g_y = " + y + " and g_z = " + z + " must be in [0, 1]");
            }
        }
    }

    /** How the shares are found. */
    public enum Solver {
        /** By a search in one dimension. */
        EXACT,
        /** By the authors' semidefinite relaxation, which gives no shares where one of them would be 0. */
        SDP
    }

    /** Solves for one correlation by the exact search. */
    public static CellRatio of(CellShares w, double c, Tolerance tolerance) {
        return of(w, c, tolerance, Solver.EXACT);
    }

    /**
     * Solves for one correlation.
     *
     * @param c in (−1, 1)
     * @throws ShiftException if no shares within the tolerances have it, with the nearest that some have
     */
    public static CellRatio of(CellShares w, double c, Tolerance tolerance, Solver solver) {
        if (!(Math.abs(c) < 1)) {
            throw new ShiftException("a correlation of " + c + " is not possible; expected a number in (-1, 1)");
        }
        double now = w.correlation();
        if (Double.isNaN(now)) {
            throw new ShiftException("all rows are of one group; a correlation needs rows of both");
        }
        if (c == now) {
            return new CellRatio(w, w, 0);
        }
        var search = new Search(w, c, tolerance);
        double q = search.best();
        if (Double.isNaN(q)) {
            throw infeasible(w, c, tolerance);
        }
        if (solver == Solver.SDP) {
            CellShares relaxed = CellRelaxation.solve(w, c, tolerance);
            return new CellRatio(w, relaxed, distance(w, relaxed));
        }
        return new CellRatio(w, search.shares(q), search.distance(q));
    }

    private static double distance(CellShares one, CellShares other) {
        double[] a = one.toArray();
        double[] b = other.toArray();
        double sum = 0;
        for (int k = 0; k < a.length; k++) {
            sum += (a[k] - b[k]) * (a[k] - b[k]);
        }
        return sum;
    }

    /** Solves where the correlation is known as a range: the shares stay as they are within it, else the nearer end rules. */
    public static CellRatio of(CellShares w, double low, double high, Tolerance tolerance, Solver solver) {
        if (!(low <= high)) {
            throw new ShiftException("the range of correlations " + low + " to " + high + " is empty");
        }
        double now = w.correlation();
        return now >= low && now <= high ? new CellRatio(w, w, 0) : of(w, now < low ? low : high, tolerance, solver);
    }

    /** The same by the exact search. */
    public static CellRatio of(CellShares w, double low, double high, Tolerance tolerance) {
        return of(w, low, high, tolerance, Solver.EXACT);
    }

    /** The weight of the rows of each cell. */
    public double[] weights() {
        return before.ratios(after);
    }

    /** The share of rows that sampling keeps: 1 over the largest weight. */
    public double kept() {
        double largest = 0;
        for (double weight : weights()) {
            largest = Math.max(largest, weight);
        }
        return 1 / largest;
    }

    private static ShiftException infeasible(CellShares w, double c, Tolerance tolerance) {
        double possible = w.correlation();
        double impossible = c;
        for (int i = 0; i < 60; i++) {
            double middle = (possible + impossible) / 2;
            if (Double.isNaN(new Search(w, middle, tolerance).best())) {
                impossible = middle;
            } else {
                possible = middle;
            }
        }
        boolean labels = !Double.isNaN(new Search(w, c, new Tolerance(1, tolerance.z)).best());
        boolean groups = !Double.isNaN(new Search(w, c, new Tolerance(tolerance.y, 1)).best());
        String binding = labels && groups ? "g_y or g_z" : labels ? "g_y" : groups ? "g_z" : "g_y and g_z";
        return new ShiftException(String.format(
                Locale.ROOT,
                "no shares of labels and groups within g_y = %s and g_z = %s have a correlation of %s; the nearest"
                        + " that some have is %.4f; raise %s",
                tolerance.y,
                tolerance.z,
                c,
                possible,
                binding));
    }

    /** The search over q. */
    private record Search(CellShares w, double c, Tolerance tolerance) {
        /** The best q; NaN if none is possible. */
        double best() {
            double from = Math.max(EDGE, w.one() - tolerance.z);
            double to = Math.min(1 - EDGE, w.one() + tolerance.z);
            double step = (to - from) / (GRID - 1);
            double found = Double.NaN;
            double least = Double.POSITIVE_INFINITY;
            for (int i = 0; i < GRID; i++) {
                double q = from + i * step;
                double distance = distance(q);
                if (distance < least) {
                    least = distance;
                    found = q;
                }
            }
            if (Double.isNaN(found)) {
                return found;
            }
            double refined = refined(Math.max(from, found - step), Math.min(to, found + step));
            return distance(refined) < least ? refined : found;
        }

        /** Golden section. */
        private double refined(double from, double to) {
            double a = from;
            double b = to;
            double left = b - GOLDEN * (b - a);
            double right = a + GOLDEN * (b - a);
            while (b - a > 1e-15) {
                if (distance(left) <= distance(right)) {
                    b = right;
                    right = left;
                    left = b - GOLDEN * (b - a);
                } else {
                    a = left;
                    left = right;
                    right = a + GOLDEN * (b - a);
                }
                if (left >= right) {
                    break; // as near as numbers lie
                }
            }
            return (a + b) / 2;
        }

        /** ‖w' − w‖² at the best p; infinite where no p is possible. */
        double distance(double q) {
            double p = positive(q);
            if (Double.isNaN(p)) {
                return Double.POSITIVE_INFINITY;
            }
            return CellRatio.distance(w, CellShares.of(shares(q, p)));
        }

        CellShares shares(double q) {
            double[] shares = shares(q, positive(q));
            for (int k = 0; k < shares.length; k++) {
                shares[k] = Math.max(0, shares[k]); // a share that is 0 may come out as minus one last digit
            }
            return CellShares.of(shares);
        }

        private double[] shares(double q, double p) {
            double s = q * p + c * q * (1 - q);
            return new double[] {s, p - s, q - s, 1 - p - q + s};
        }

        /** The best p for q: w' = A + p D. NaN if none is possible. */
        private double positive(double q) {
            double[] a = shares(q, 0);
            double[] d = {q, 1 - q, -q, -(1 - q)};
            double[] old = w.toArray();
            double along = 0;
            double length = 0;
            for (int k = 0; k < d.length; k++) {
                along += (old[k] - a[k]) * d[k];
                length += d[k] * d[k];
            }
            double low = Math.max(Math.max(w.positive() - tolerance.y, 0), Math.max(q * c, -(1 - q) * c));
            double high = Math.min(Math.min(w.positive() + tolerance.y, 1), Math.min(1 - (1 - q) * c, 1 + q * c));
            return low > high ? Double.NaN : Math.min(high, Math.max(low, along / length));
        }
    }
}
