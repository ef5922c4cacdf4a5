package org.counterweight.shift.doubleweighting.minimax;

import static org.counterweight.engine.Tensors.plus;
import static org.counterweight.engine.Tensors.slice;
import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.solve.Programme;

/**
 * Learning with the log loss: minimise t (−τᵀ μ + λᵀ |μ|) + Σ w_i logsumexp(V_i).
 *
 * <p>Variables: μ {@code [m]}, the absolute values e of |μ| where λ is positive {@code [p]}.
 */
final class LogProgramme implements Programme {
    private final LabelRows rows;
    private final Penalty penalty;
    private final Tensor cost;
    private final Tensor weight; // [t, 1]

    LogProgramme(Tensor phi, Tensor tau, Tensor lambda, Tensor weight, double total) {
        this.rows = new LabelRows(phi);
        this.penalty = new Penalty(lambda);
        this.cost = torch.cat(new TensorVector(times(tau, -total), times(penalty.rates(), total)), 0);
        this.weight = weight.unsqueeze(1);
    }

    Tensor start() {
        Tensor zeros = torch.zeros(new long[] {rows.width() + penalty.size()}, Tensors.options(ScalarType.Double));
        Tensor absolute = slice(zeros, 0, rows.width(), zeros.numel());
        absolute.copy_(plus(absolute, 1));
        return zeros;
    }

    Tensor mu(Tensor x) {
        return slice(x, 0, 0, rows.width());
    }

    private Tensor scores(Tensor x) {
        return rows.scores(mu(x));
    }

    @Override
    public double value(Tensor x) {
        return cost.dot(x).item_double()
                + scores(x).logsumexp(1).dot(weight.squeeze(1)).item_double();
    }

    @Override
    public Tensor gradient(Tensor x) {
        Tensor gradient = cost.clone();
        mu(gradient).add_(rows.back(Tensors.softmax(scores(x), 1).mul(weight)));
        return gradient;
    }

    @Override
    public Tensor constraints(Tensor x) {
        return penalty.along(x);
    }

    @Override
    public Tensor along(Tensor x, Tensor direction) {
        return penalty.along(direction);
    }

    @Override
    public Tensor across(Tensor x, Tensor multipliers) {
        return penalty.across(multipliers, rows.width());
    }

    @Override
    public Tensor curvature(Tensor x, Tensor multipliers, Tensor d) {
        Tensor p = Tensors.softmax(scores(x), 1);
        Tensor v = scores(d);
        Tensor spread = p.mul(v.sub(Tensors.sum(p.mul(v), true, 1))).mul(weight);
        Tensor product = torch.zeros_like(d);
        mu(product).copy_(rows.back(spread));
        return product;
    }

    @Override
    public Factor factor(Tensor x, Tensor multipliers, Tensor weights) {
        Tensor p = Tensors.softmax(scores(x), 1);
        Tensor form = LabelRows.withoutHeight(torch.diag_embed(p.mul(weight))); // diag(p) − p pᵀ, weighted
        Penalty.Eliminated absolute = penalty.eliminated(weights, rows.width());
        Factor inner = rows.factor(absolute.diagonal(), form);
        return right -> absolute.complete(inner.solve(absolute.right(right)), right);
    }
}
