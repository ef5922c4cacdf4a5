package org.counterweight.shift.doubleweighting.minimax;

import static org.counterweight.engine.Tensors.sum;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.shift.solve.Cholesky;
import org.counterweight.shift.solve.Programme.Factor;

/**
 * What programmes over scores have in common: products with Φ, and the elimination of the heights η_i of each row's scores from
 * a Newton step.
 *
 * @param phi {@code [t, L, m]}
 */
record LabelRows(Tensor phi) {
    long rows() {
        return phi.size(0);
    }

    long labels() {
        return phi.size(1);
    }

    long width() {
        return phi.size(2);
    }

    /** Φ μ, {@code [t, L]}. */
    Tensor scores(Tensor mu) {
        return flat().mv(mu).view(rows(), labels());
    }

    /** Σ_i Φ_iᵀ q_i, {@code [m]}, of q {@code [t, L]}. */
    Tensor back(Tensor q) {
        return flat().t().mv(q.reshape(rows() * labels()));
    }

    private Tensor flat() {
        return phi.view(rows() * labels(), width());
    }

    /** Factorises diag(d) + Σ_i Φ_iᵀ S_i Φ_i, of S {@code [t, L, L]}. */
    Factor factor(Tensor d, Tensor s) {
        Tensor matrix = flat().t().matmul(s.bmm(phi).view(rows() * labels(), width()));
        matrix.diagonal().add_(d);
        return Cholesky.of(matrix);
    }

    /**
     * The form T over (1 η − v) after the best η: T − T11ᵀT / (1ᵀT1), as Pᵀ T P, which rounding leaves positive.
     *
     * @param t {@code [t, L, L]}
     */
    static Tensor withoutHeight(Tensor t) {
        Tensor row = sum(t, false, 2); // T1, [t, L]
        Tensor share = row.div(sum(row, true, 1));
        Tensor moved = t.sub(sum(t, true, 2).matmul(share.unsqueeze(1))); // T P with P = I − 1 shareᵀ
        return moved.sub(share.unsqueeze(2).matmul(sum(moved, true, 1)));
    }
}
