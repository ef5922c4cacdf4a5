package org.counterweight.shift.doubleweighting;

import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.slice;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;

/**
 * The weights that are held at a bound.
 *
 * @param low at 0, bool {@code [free]}
 * @param high at their upper bound, bool {@code [free]}
 */
record HeldWeights(Tensor low, Tensor high) {
    private static final double FREE = 0.6; // of the weights, at first

    /**
     * Some three of five weights are free, so that the first step is no dearer than the others. By the slope where all are 1,
     * and not by their places, since rows that are the same are to get the same weights: where it is steepest β is 0 and α 1.
     */
    static HeldWeights begin(WeightProblem problem, Tensor slope) {
        Tensor low = torch.zeros_like(slope).gt(scalar(0));
        Tensor high = low.clone();
        long n = problem.alphaFrom();
        if (n > 0) {
            Tensor ofBeta = slice(slope, 0, 0, n);
            slice(low, 0, 0, n).copy_(ofBeta.gt(least(ofBeta, FREE)));
        }
        if (n < problem.size()) {
            Tensor ofAlpha = problem.alpha(slope);
            problem.alpha(high).copy_(ofAlpha.gt(least(ofAlpha, FREE)));
        }
        return new HeldWeights(low, high);
    }

    /** The number that a share of the numbers are not above. */
    private static Tensor least(Tensor numbers, double share) {
        long place = Math.max(1, Math.round(share * numbers.numel()));
        return numbers.kthvalue(place).get0();
    }

    /** The others, bool {@code [free]}. */
    Tensor free() {
        return low.logical_or(high).logical_not();
    }

    /**
     * What is held next: what came out beyond a bound, and what is not pulled away from the one it is held at.
     *
     * @param x the weights
     * @param pull the slope of the Lagrangian
     * @param rounding of the slope
     */
    HeldWeights next(Tensor x, Tensor upper, Tensor pull, double rounding) {
        Tensor free = free();
        return new HeldWeights(
                free.logical_and(x.lt(scalar(0))).logical_or(low.logical_and(pull.ge(scalar(-rounding)))),
                free.logical_and(x.gt(upper)).logical_or(high.logical_and(pull.le(scalar(rounding)))));
    }

    /** How many are held otherwise. */
    long changed(HeldWeights other) {
        return low.ne(other.low).logical_or(high.ne(other.high)).sum().item_long();
    }

    HeldWeights kept(Scope scope) {
        return new HeldWeights(scope.keep(low), scope.keep(high));
    }
}
