package org.counterweight.shift.fairness;

import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.slice;
import static org.counterweight.engine.Tensors.times;

import java.util.Locale;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.ShiftException;
import org.counterweight.shift.fairness.CellRatio.Tolerance;

/**
 * The authors' own route to new shares of the cells: w' becomes the last column of X = (w', 1)(w', 1)ᵀ, of which only X ⪰ 0 is
 * asked, so that the conditions on products of shares are linear. Without w' ≥ 0, as in their code.
 *
 * <p>Roh et al., ICML 2023. Solved by the alternating direction method of multipliers: a projection on what is linear, then one
 * on what is positive semidefinite (S. Boyd et al., "Distributed Optimization and Statistical Learning via the ADMM", 2011).
 */
final class CellRelaxation {
    private static final int SIDE = CellShares.CELLS + 1;
    private static final int ENTRIES = SIDE * SIDE;
    private static final int MOST_STEPS = 20_000;
    private static final double CLOSE = 1e-11;
    private static final double PENALTY = 2;
    private static final double RELAXED = 1.6;
    private static final double TIGHT = 1e-5; // second eigenvalue over the first
    private static final double NEGATIVE = -1e-9;

    private final Tensor cost;
    private final Tensor conditions; // [5, 27]: of the entries of X and of the margins
    private final Tensor values;
    private final Tensor back; // Aᵀ (A Aᵀ)⁻¹
    private final double[] margins;
    private final Tolerance tolerance;

    private CellRelaxation(CellShares w, double c, Tolerance tolerance) {
        this.tolerance = tolerance;
        this.margins = new double[] {w.positive(), w.one()};
        double[] shares = w.toArray();
        double[][] p0 = new double[SIDE][SIDE];
        for (int k = 0; k < CellShares.CELLS; k++) {
            p0[k][k] = 1;
            both(p0, k, CellShares.CELLS, -shares[k]);
        }
        double[][] p1 = new double[SIDE][SIDE];
        both(p1, 0, 1, -c / 2);
        both(p1, 0, 3, (1 - c) / 2);
        both(p1, 1, 2, -(1 + c) / 2);
        both(p1, 2, 3, -c / 2);
        double[][] corner = new double[SIDE][SIDE];
        corner[CellShares.CELLS][CellShares.CELLS] = 1;
        this.cost = row(p0, 0, 0);
        this.conditions = torch.stack(new TensorVector(
                row(p1, 0, 0),
                row(sums(0, 1, 2, 3), 0, 0),
                row(corner, 0, 0),
                row(sums(0, 1), -2, 0), // twice the shares, as X holds each of them twice
                row(sums(0, 2), 0, -2)));
        this.values = Tensors.doubles(new double[] {0, 2, 1, 0, 0});
        this.back = conditions.t().matmul(torch.linalg_inv(conditions.matmul(conditions.t())));
    }

    private static void both(double[][] matrix, int i, int j, double value) {
        matrix[i][j] = value;
        matrix[j][i] = value;
    }

    /** The matrix whose product with X is twice the sum of these shares. */
    private static double[][] sums(int... cells) {
        double[][] matrix = new double[SIDE][SIDE];
        for (int cell : cells) {
            both(matrix, cell, CellShares.CELLS, 1);
        }
        return matrix;
    }

    private static Tensor row(double[][] matrix, double ofPositive, double ofOne) {
        double[] row = new double[ENTRIES + 2];
        for (int i = 0; i < SIDE; i++) {
            System.arraycopy(matrix[i], 0, row, i * SIDE, SIDE);
        }
        row[ENTRIES] = ofPositive;
        row[ENTRIES + 1] = ofOne;
        return Tensors.doubles(row);
    }

    /**
     * Solves for one correlation.
     *
     * @throws ShiftException if the relaxation does not give shares: where one of them would be negative, where it is not tight, or
     *     where no shares within the tolerances have the correlation
     */
    static CellShares solve(CellShares w, double c, Tolerance tolerance) {
        try (var scope = Scope.open()) {
            return new CellRelaxation(w, c, tolerance).solve();
        }
    }

    private CellShares solve() {
        try (var off = Tensors.noGrad()) {
            Tensor z = torch.zeros_like(cost);
            Tensor u = torch.zeros_like(cost);
            for (int step = 0; step < MOST_STEPS; step++) {
                try (var own = Scope.open()) {
                    Tensor free = z.sub(u).sub(times(cost, 1 / PENALTY));
                    Tensor x = free.sub(back.mv(conditions.mv(free).sub(values)));
                    Tensor mixed = times(x, RELAXED).add(z, scalar(1 - RELAXED));
                    Tensor next = projected(mixed.add(u));
                    double apart = x.sub(next).abs().max().item_double();
                    double moved = next.sub(z).abs().max().item_double();
                    u.add_(mixed).sub_(next);
                    z.copy_(next);
                    if (apart < CLOSE && moved < CLOSE) {
                        return shares(z);
                    }
                }
            }
        }
        throw new ShiftException("the semidefinite relaxation has not settled after " + MOST_STEPS
                + " steps: no shares of labels and groups within the tolerances may have this correlation; take"
                + " solver: exact, which says what is possible");
    }

    /** The nearest positive semidefinite matrix, and the nearest margins within their tolerances. */
    private Tensor projected(Tensor point) {
        Tensor matrix = slice(point, 0, 0, ENTRIES).view(SIDE, SIDE);
        var eigen = torch.linalg_eigh(times(matrix.add(matrix.t()), 0.5));
        Tensor vectors = new Tensor(eigen.get1());
        Tensor kept = new Tensor(eigen.get0()).clamp_min(scalar(0));
        Tensor positive = vectors.mul(kept.unsqueeze(0)).matmul(vectors.t());
        Tensor y = slice(point, 0, ENTRIES, ENTRIES + 1)
                .clamp(bound(margins[0] - tolerance.y()), bound(margins[0] + tolerance.y()));
        Tensor one = slice(point, 0, ENTRIES + 1, ENTRIES + 2)
                .clamp(bound(margins[1] - tolerance.z()), bound(margins[1] + tolerance.z()));
        return torch.cat(new TensorVector(positive.flatten(), y, one), 0);
    }

    private static org.bytedeco.pytorch.ScalarOptional bound(double value) {
        return new org.bytedeco.pytorch.ScalarOptional(scalar(value));
    }

    private CellShares shares(Tensor point) {
        Tensor matrix = slice(point, 0, 0, ENTRIES).view(SIDE, SIDE);
        double[] eigenvalues = Tensors.toDoubles(torch.linalg_eigh(matrix).get0());
        double second = eigenvalues[SIDE - 2] / eigenvalues[SIDE - 1];
        if (second > TIGHT) {
            throw new ShiftException(String.format(
                    Locale.ROOT,
                    "the semidefinite relaxation is not tight here (second eigenvalue %.1e of the first); take solver:"
                            + " exact",
                    second));
        }
        double[] column = Tensors.toDoubles(matrix.select(1, CellShares.CELLS));
        double[] shares = new double[CellShares.CELLS];
        for (int k = 0; k < shares.length; k++) {
            if (column[k] < NEGATIVE) {
                throw new ShiftException(String.format(
                        Locale.ROOT,
                        "the semidefinite relaxation, which knows of no bound at 0, gives the cell %s a share of %.4f;"
                                + " take solver: exact",
                        CellShares.name(k),
                        column[k]));
            }
            shares[k] = Math.max(0, column[k]);
        }
        return CellShares.of(shares);
    }
}
