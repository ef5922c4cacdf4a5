package org.counterweight.shift.doubleweighting.minimax;

import static org.counterweight.engine.Tensors.plus;
import static org.counterweight.engine.Tensors.scalar;
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
 * Learning with the 0-1 loss as a linear programme whose size grows with the labels and not with their subsets: by duality
 * ψ(v) − 1 = min over w ≥ 0, Σ w_y ≤ 1 of max_y (v_y − w_y). So: minimise t (−τᵀ μ + λᵀ |μ|) + Σ w_i η_i subject to
 * η_i + w_iy ≥ V_iy. Each Newton step eliminates η and w row by row and is left with m unknowns.
 *
 * <p>Variables: μ {@code [m]}, the absolute values e of |μ| where λ is positive {@code [p]}, η {@code [t]}, w {@code [t L]}.
 */
final class ZeroOneProgramme implements Programme {
    private final LabelRows rows;
    private final Penalty penalty;
    private final Tensor cost;
    private final long t;
    private final long tl;

    /** @param weight of each row, positive, {@code [t]} */
    ZeroOneProgramme(Tensor phi, Tensor tau, Tensor lambda, Tensor weight, double total) {
        rows = new LabelRows(phi);
        penalty = new Penalty(lambda);
        t = rows.rows();
        tl = t * rows.labels();
        cost = torch.cat(new TensorVector(times(tau, -total), times(penalty.rates(), total), weight, zeros(tl)), 0);
    }

    private static Tensor zeros(long length) {
        return torch.zeros(new long[] {length}, Tensors.options(ScalarType.Double));
    }

    Tensor start() {
        return torch.cat(
                new TensorVector(
                        zeros(rows.width()),
                        plus(zeros(penalty.size()), 1),
                        plus(zeros(t), 1),
                        plus(zeros(tl), 0.5 / rows.labels())),
                0);
    }

    Tensor mu(Tensor x) {
        return slice(x, 0, 0, rows.width());
    }

    private Tensor penalised(Tensor x) {
        return slice(x, 0, 0, heights());
    }

    private long heights() {
        return rows.width() + penalty.size();
    }

    private Tensor eta(Tensor x) {
        return slice(x, 0, heights(), heights() + t);
    }

    private Tensor w(Tensor x) {
        return slice(x, 0, heights() + t, x.numel()).view(t, rows.labels());
    }

    /** The part of a vector over constraints that belongs to η + w ≥ V, {@code [t, L]}. */
    private Tensor above(Tensor y) {
        return slice(y, 0, penalty.constraints(), penalty.constraints() + tl).view(t, rows.labels());
    }

    private Tensor positive(Tensor y) {
        return slice(y, 0, penalty.constraints() + tl, penalty.constraints() + 2 * tl)
                .view(t, rows.labels());
    }

    private Tensor whole(Tensor y) {
        return slice(y, 0, penalty.constraints() + 2 * tl, y.numel());
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
        whole(linear).add_(scalar(1));
        return linear;
    }

    @Override
    public Tensor along(Tensor x, Tensor d) {
        Tensor w = w(d);
        Tensor above = eta(d).unsqueeze(1).add(w).sub(rows.scores(mu(d)));
        return torch.cat(
                new TensorVector(
                        penalty.along(penalised(d)),
                        above.flatten(),
                        w.flatten(),
                        sum(w, false, 1).neg()),
                0);
    }

    @Override
    public Tensor across(Tensor x, Tensor y) {
        Tensor above = above(y);
        Tensor first = penalty.across(slice(y, 0, 0, penalty.constraints()), rows.width());
        slice(first, 0, 0, rows.width()).sub_(rows.back(above));
        Tensor last = above.add(positive(y)).sub(whole(y).unsqueeze(1));
        return torch.cat(new TensorVector(first, sum(above, false, 1), last.flatten()), 0);
    }

    @Override
    public Tensor curvature(Tensor x, Tensor y, Tensor d) {
        return torch.zeros_like(d);
    }

    @Override
    public Factor factor(Tensor x, Tensor y, Tensor weights) {
        return new Elimination(weights);
    }

    /**
     * With q, b, g the weights of η + w ≥ V, w ≥ 0, Σ w ≤ 1, the best w leave the form
     * Σ h (η − V)² + κ (Σ r (η − V))², h = q b / (q + b), r = q / (q + b), κ = g / (1 + g Σ 1 / (q + b)).
     */
    private final class Elimination implements Factor {
        private final Tensor both; // q + b
        private final Tensor r;
        private final Tensor kappa;
        private final Tensor form; // T, [t, L, L]
        private final Tensor ones; // T1
        private final Tensor total; // 1ᵀT1
        private final Penalty.Eliminated absolute;
        private final Factor inner;
        private final Tensor q;

        Elimination(Tensor weights) {
            q = above(weights);
            Tensor b = positive(weights);
            Tensor g = whole(weights).unsqueeze(1);
            both = q.add(b);
            r = q.div(both);
            kappa = g.div(plus(g.mul(sum(both.reciprocal(), true, 1)), 1));
            Tensor h = r.mul(b);
            form = torch.diag_embed(h).add(r.mul(kappa).unsqueeze(2).matmul(r.unsqueeze(1)));
            ones = h.add(r.mul(kappa).mul(sum(r, true, 1)));
            total = sum(ones, false, 1);
            absolute = penalty.eliminated(slice(weights, 0, 0, penalty.constraints()), rows.width());
            inner = rows.factor(absolute.diagonal(), LabelRows.withoutHeight(form));
        }

        @Override
        public Tensor solve(Tensor right) {
            Tensor rightW = w(right);
            // what the right side of w adds to the force on η − V
            Tensor zeta = r.mul(rightW.sub(kappa.mul(sum(rightW.div(both), true, 1))));
            Tensor rest = eta(right).sub(sum(zeta, false, 1)).div(total); // a, [t]
            Tensor force = zeta.add(ones.mul(rest.unsqueeze(1)));
            Tensor mu = inner.solve(absolute.right(penalised(right)).add(rows.back(force)));
            Tensor v = rows.scores(mu);
            Tensor eta = rest.add(sum(ones.mul(v), false, 1).div(total));
            Tensor delta = eta.unsqueeze(1).sub(v);
            Tensor free = rightW.sub(q.mul(delta));
            Tensor common = kappa.mul(sum(free.div(both), true, 1)); // g Σ w
            Tensor w = free.sub(common).div(both);
            return torch.cat(new TensorVector(absolute.complete(mu, penalised(right)), eta, w.flatten()), 0);
        }
    }
}
