package org.counterweight.shift.doubleweighting;

import static org.counterweight.engine.Tensors.plus;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.slice;
import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;

/**
 * What the weights are to make small, and what they may be: N vᵀ K v, v = (β / n, −α / t), over 0 ≤ β ≤ C, 0 ≤ α ≤ 1,
 * |mean β − mean α| ≤ ε, ‖1 − α‖ ≤ r. One side may be fixed to 1; x has the weights that are free, β first.
 *
 * @param form H = 2N diag(signs) K diag(signs) over the free rows: the objective is ½ xᵀ H x + hᵀ x + c
 * @param signs v = signs ∘ x, {@code [free]}
 * @param linear h, what fixed rows add, {@code [free]}
 * @param constant c
 * @param scale N, by which the objective is multiplied so that it is about 1
 * @param upper {@code [free]}
 * @param fixedMean what fixed rows add to mean β − mean α
 * @param epsilon ε
 * @param alphaFrom where α begins in x
 * @param radius r; 0 without a ball
 */
record WeightProblem(
        Gram form,
        Tensor signs,
        Tensor linear,
        double constant,
        double scale,
        Tensor upper,
        double fixedMean,
        double epsilon,
        long alphaFrom,
        double radius) {
    /** Which weights are to be found; the others are 1. */
    enum Free {
        BOTH,
        TRAINING,
        DEPLOYMENT
    }

    /**
     * A problem.
     *
     * @param all K over all rows, training rows first
     * @param n training rows
     * @param t rows of the other table
     * @param highest C
     * @param epsilon ε
     * @param radius r, of α about 1; 0 for no ball
     */
    static WeightProblem of(Gram all, long n, long t, Free free, double highest, double epsilon, double radius) {
        long from = free == Free.DEPLOYMENT ? n : 0;
        long to = free == Free.TRAINING ? n : n + t;
        double scale = n + t;
        Tensor every = torch.cat(new TensorVector(filled(n, 1.0 / n), filled(t, -1.0 / t)), 0);
        Tensor fixed = every.clone();
        slice(fixed, 0, from, to).zero_();
        Tensor image = all.times(fixed);
        Tensor signs = slice(every, 0, from, to);
        return new WeightProblem(
                (free == Free.BOTH ? all : all.part(from, to)).scaled(times(signs, Math.sqrt(2 * scale))),
                signs,
                times(signs.mul(slice(image, 0, from, to)), 2 * scale),
                scale * fixed.dot(image).item_double(),
                scale,
                slice(torch.cat(new TensorVector(filled(n, highest), filled(t, 1)), 0), 0, from, to),
                fixed.sum().item_double(),
                epsilon,
                Math.max(0, n - from),
                free == Free.TRAINING ? 0 : radius);
    }

    private static Tensor filled(long length, double value) {
        return torch.full(new long[] {length}, scalar(value), Tensors.options(ScalarType.Double));
    }

    /** How many weights are free. */
    long size() {
        return upper.numel();
    }

    /** A point between the bounds. */
    Tensor start() {
        double largest = slice(upper, 0, 0, 1).item_double();
        Tensor start = filled(size(), 1);
        slice(start, 0, 0, alphaFrom).fill_(scalar(Math.min(0.5, 0.5 * largest)));
        double inside = radius == 0 ? 0.5 : 0.5 * Math.min(1, radius / Math.sqrt(Math.max(1, size() - alphaFrom)));
        alpha(start).fill_(scalar(1 - inside));
        return start;
    }

    /** The part of {@code x} that belongs to α: a view. */
    Tensor alpha(Tensor x) {
        return slice(x, 0, alphaFrom, x.numel());
    }

    /** N vᵀ K v. */
    double value(Tensor x) {
        return value(x, form.times(x));
    }

    /** The same, H x being known. */
    double value(Tensor x, Tensor image) {
        return x.dot(image).item_double() / 2 + linear.dot(x).item_double() + constant;
    }

    /** vᵀ K v. */
    double objective(Tensor x) {
        return value(x) / scale;
    }

    /** {@code [free]}. */
    Tensor gradient(Tensor x) {
        return form.times(x).add(linear);
    }

    /**
     * How far the objective at {@code x} may lie above the least: f is convex, so no allowed x' is lower than
     * f(x) + ∇fᵀ (x' − x), and the least of that is bounded by a Lagrangian with the ball's multiplier. Σ β is at most
     * n (1 + ε), which says more than the bound of each β. No objective is below 0.
     *
     * @param image H x
     * @param ball ν, not negative: the nearer to the ball's multiplier, the closer the bound
     */
    double gap(Tensor x, Tensor image, double ball) {
        Tensor slope = image.add(linear);
        Tensor down = slope.clamp_max(scalar(0));
        double least = 0;
        if (alphaFrom > 0) {
            Tensor ofBeta = slice(down, 0, 0, alphaFrom);
            double each = ofBeta.dot(slice(upper, 0, 0, alphaFrom)).item_double();
            double together = ofBeta.min().item_double() * alphaFrom * (1 + epsilon);
            least = Math.max(each, together);
        }
        if (alphaFrom < size()) {
            if (ball > 0) {
                Tensor ofAlpha = alpha(slope);
                Tensor away = times(ofAlpha, 1 / ball).clamp(one(0), one(1)); // 1 − α of the least
                least += ofAlpha.sum().item_double()
                        - ofAlpha.dot(away).item_double()
                        + ball / 2 * (away.dot(away).item_double() - radius * radius);
            } else {
                least += alpha(down).sum().item_double();
            }
        }
        return Math.min(value(x, image), slope.dot(x).item_double() - least);
    }

    private static ScalarOptional one(double value) {
        return new ScalarOptional(scalar(value));
    }

    /** mean β − mean α. */
    Tensor meanDifference(Tensor x) {
        return plus(signs.dot(x), fixedMean);
    }
}
