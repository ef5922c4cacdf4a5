package org.counterweight.shift.doubleweighting.minimax;

import static org.counterweight.engine.Tensors.plus;
import static org.counterweight.engine.Tensors.slice;
import static org.counterweight.engine.Tensors.sum;
import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.solve.Programme;

/**
 * The dual of the smallest confidence vector: minimise −t τᵀ μ + Σ η_i subject to |μ| ≤ 1, η_i ≥ V_iy. The multipliers of the
 * latter are t times the probabilities P whose expectations come nearest to τ.
 *
 * <p>Variables: μ {@code [m]}, η {@code [t]}; constraints: 1 + μ, 1 − μ, η − V.
 */
final class ExpectationProgramme implements Programme {
    private final LabelRows rows;
    private final Tensor cost;
    private final long m;
    private final long t;

    ExpectationProgramme(Tensor phi, Tensor tau) {
        rows = new LabelRows(phi);
        m = rows.width();
        t = rows.rows();
        cost = torch.cat(
                new TensorVector(times(tau, -t), torch.ones(new long[] {t}, Tensors.options(ScalarType.Double))), 0);
    }

    Tensor start() {
        Tensor start = torch.zeros_like(cost);
        eta(start).copy_(plus(eta(start), 1));
        return start;
    }

    private Tensor mu(Tensor x) {
        return slice(x, 0, 0, m);
    }

    private Tensor eta(Tensor x) {
        return slice(x, 0, m, m + t);
    }

    /** The part of a vector over constraints that belongs to η ≥ V, {@code [t, L]}. */
    Tensor above(Tensor y) {
        return slice(y, 0, 2 * m, y.numel()).view(t, rows.labels());
    }

    @Override
    public double value(Tensor x) {
        return cost.dot(x).item_double();
    }

    @Override
    public Tensor gradient(Tensor x) {
        return cost;
    }

    @Override
    public Tensor constraints(Tensor x) {
        Tensor linear = along(x, x);
        Tensor box = slice(linear, 0, 0, 2 * m);
        box.copy_(plus(box, 1));
        return linear;
    }

    @Override
    public Tensor along(Tensor x, Tensor d) {
        Tensor above = eta(d).unsqueeze(1).sub(rows.scores(mu(d)));
        return torch.cat(new TensorVector(mu(d), mu(d).neg(), above.flatten()), 0);
    }

    @Override
    public Tensor across(Tensor x, Tensor y) {
        Tensor above = above(y);
        Tensor box = slice(y, 0, 0, m).sub(slice(y, 0, m, 2 * m));
        return torch.cat(new TensorVector(box.sub(rows.back(above)), sum(above, false, 1)), 0);
    }

    @Override
    public Tensor curvature(Tensor x, Tensor y, Tensor d) {
        return torch.zeros_like(d);
    }

    @Override
    public Factor factor(Tensor x, Tensor y, Tensor weights) {
        Tensor q = above(weights);
        Tensor total = sum(q, false, 1);
        Tensor box = slice(weights, 0, 0, m).add(slice(weights, 0, m, 2 * m));
        Factor inner = rows.factor(box, LabelRows.withoutHeight(torch.diag_embed(q)));
        return right -> {
            Tensor rest = eta(right).div(total);
            Tensor mu = inner.solve(mu(right).add(rows.back(q.mul(rest.unsqueeze(1)))));
            Tensor eta = rest.add(sum(q.mul(rows.scores(mu)), false, 1).div(total));
            return torch.cat(new TensorVector(mu, eta), 0);
        };
    }
}
