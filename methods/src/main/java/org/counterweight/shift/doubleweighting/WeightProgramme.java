package org.counterweight.shift.doubleweighting;

import static org.counterweight.engine.Tensors.plus;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.slice;
import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.solve.Programme;

/**
 * The programme of the weights: minimise N vᵀ K v, v = (β / n, −α / t), subject to 0 ≤ β ≤ C, 0 ≤ α ≤ 1,
 * |mean β − mean α| ≤ ε, ‖1 − α‖ ≤ r. Its Newton matrices are K with a diagonal and three vectors. One side may be fixed to 1.
 */
final class WeightProgramme implements Programme {
    private final Gram form; // 2N diag(signs) K diag(signs) over the free rows
    private final Tensor signs; // v = signs ∘ x, [free]
    private final Tensor linear; // of fixed rows, [free]
    private final double constant;
    private final double scale; // N
    private final Tensor upper;
    private final double fixedMean; // what fixed rows add to mean β − mean α
    private final double epsilon;
    private final long alphaFrom; // where α begins among the free rows
    private final double radius; // 0 without a ball

    /** Which weights are to be found; the others are 1. */
    enum Free {
        BOTH,
        TRAINING,
        DEPLOYMENT
    }

    /**
     * @param all K over all rows, training rows first
     * @param n training rows
     * @param t rows of the other table
     * @param highest C
     * @param epsilon ε
     * @param radius r, of α about 1; 0 for no ball
     */
    WeightProgramme(Gram all, long n, long t, Free free, double highest, double epsilon, double radius) {
        long from = free == Free.DEPLOYMENT ? n : 0;
        long to = free == Free.TRAINING ? n : n + t;
        Tensor every = torch.cat(new TensorVector(filled(n, 1.0 / n), filled(t, -1.0 / t)), 0);
        Tensor fixed = every.clone();
        slice(fixed, 0, from, to).zero_();
        Tensor image = all.times(fixed);
        this.scale = n + t;
        this.constant = fixed.dot(image).item_double();
        this.fixedMean = fixed.sum().item_double();
        this.signs = slice(every, 0, from, to);
        this.form = (free == Free.BOTH ? all : all.part(from, to)).scaled(times(signs, Math.sqrt(2 * scale)));
        this.linear = times(signs.mul(slice(image, 0, from, to)), 2);
        this.upper = slice(torch.cat(new TensorVector(filled(n, highest), filled(t, 1)), 0), 0, from, to);
        this.epsilon = epsilon;
        this.alphaFrom = Math.max(0, n - from);
        this.radius = free == Free.TRAINING ? 0 : radius;
    }

    private static Tensor filled(long length, double value) {
        return torch.full(new long[] {length}, scalar(value), Tensors.options(ScalarType.Double));
    }

    /** A point between the bounds. */
    Tensor start() {
        double largest = slice(upper, 0, 0, 1).item_double();
        Tensor start = filled(upper.numel(), 1);
        slice(start, 0, 0, alphaFrom).fill_(scalar(Math.min(0.5, 0.5 * largest)));
        double inside = radius == 0 ? 0.5 : 0.5 * Math.min(1, radius / Math.sqrt(alphas()));
        slice(start, 0, alphaFrom, upper.numel()).fill_(scalar(1 - inside));
        return start;
    }

    private long alphas() {
        return Math.max(1, upper.numel() - alphaFrom);
    }

    private Tensor alpha(Tensor x) {
        return slice(x, 0, alphaFrom, x.numel());
    }

    @Override
    public double value(Tensor x) {
        return scale * objective(x);
    }

    /** vᵀ K v. */
    double objective(Tensor x) {
        return x.dot(form.times(x)).item_double() / (2 * scale) + linear.dot(x).item_double() + constant;
    }

    @Override
    public Tensor gradient(Tensor x) {
        return form.times(x).add(linear, scalar(scale));
    }

    @Override
    public Tensor constraints(Tensor x) {
        Tensor difference = plus(signs.dot(x), fixedMean).view(1);
        TensorVector all =
                new TensorVector(x, upper.sub(x), plus(difference.neg(), epsilon), plus(difference, epsilon));
        if (radius > 0) {
            Tensor away = plus(alpha(x).neg(), 1);
            all.push_back(plus(times(away.dot(away), -1 / (radius * radius)), 1).view(1));
        }
        return torch.cat(all, 0);
    }

    /** The gradient of the ball's constraint, {@code [free]}. */
    private Tensor ball(Tensor x) {
        Tensor gradient = torch.zeros_like(x);
        alpha(gradient).copy_(times(plus(alpha(x).neg(), 1), 2 / (radius * radius)));
        return gradient;
    }

    @Override
    public Tensor along(Tensor x, Tensor direction) {
        Tensor difference = signs.dot(direction).view(1);
        TensorVector all = new TensorVector(direction, direction.neg(), difference.neg(), difference);
        if (radius > 0) {
            all.push_back(ball(x).dot(direction).view(1));
        }
        return torch.cat(all, 0);
    }

    @Override
    public Tensor across(Tensor x, Tensor y) {
        long m = x.numel();
        Tensor sum = slice(y, 0, 0, m)
                .sub(slice(y, 0, m, 2 * m))
                .add(signs.mul(y.select(0, 2 * m + 1).sub(y.select(0, 2 * m))));
        return radius > 0 ? sum.add(ball(x).mul(y.select(0, 2 * m + 2))) : sum;
    }

    @Override
    public Tensor curvature(Tensor x, Tensor y, Tensor d) {
        Tensor product = form.times(d);
        if (radius > 0) {
            alpha(product).add_(alpha(d).mul(bend(y)));
        }
        return product;
    }

    /** The curvature of the ball's constraint, times its multiplier. */
    private Tensor bend(Tensor y) {
        return times(y.select(0, 2 * upper.numel() + 2), 2 / (radius * radius));
    }

    @Override
    public Factor factor(Tensor x, Tensor y, Tensor w) {
        long m = x.numel();
        Tensor diagonal = slice(w, 0, 0, m).add(slice(w, 0, m, 2 * m));
        Tensor coupling =
                signs.mul(w.select(0, 2 * m).add(w.select(0, 2 * m + 1)).sqrt());
        TensorVector vectors = new TensorVector(coupling);
        if (radius > 0) {
            alpha(diagonal).add_(bend(y));
            vectors.push_back(ball(x).mul(w.select(0, 2 * m + 2).sqrt()));
        }
        return form.factor(diagonal, torch.stack(vectors, 1));
    }
}
