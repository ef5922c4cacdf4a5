package org.counterweight.shift.fairness.penalty;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.fairness.constraint.FairConstraint;

/**
 * The gap between two groups' rates of y = 1 with probabilities in place of decisions, so that it has a gradient: squared,
 * and summed over the sets of rows that the constraint compares.
 */
public final class SoftGap {
    private SoftGap() {}

    /**
     * Of a batch; a set of rows of which a group has none adds nothing.
     *
     * @param probabilities of y = 1, {@code [n]}, with gradient
     * @param cell each row's cell, {@code int64 [n]}
     * @param weights how many rows each stands for, {@code [n]}, of the type of the probabilities
     * @return a scalar
     */
    public static Tensor squared(Tensor probabilities, Tensor cell, Tensor weights, FairConstraint constraint) {
        Tensor sum = probabilities.sum().mul(Tensors.scalar(0));
        for (int event = 0; event < constraint.events(); event++) {
            Tensor one = counted(cell, weights, constraint, event, 0);
            Tensor zero = counted(cell, weights, constraint, event, 1);
            double ones = one.sum().item_double();
            double zeros = zero.sum().item_double();
            if (ones > 0 && zeros > 0) {
                Tensor gap = probabilities
                        .dot(one)
                        .div(Tensors.scalar(ones))
                        .sub(probabilities.dot(zero).div(Tensors.scalar(zeros)));
                sum = sum.add(gap.square());
            }
        }
        return sum;
    }

    /** The weights of a group's rows in a set, 0 for all others. */
    private static Tensor counted(Tensor cell, Tensor weights, FairConstraint constraint, int event, int group) {
        Tensor in = cell.lt(Tensors.scalar(0));
        for (int k = group; k < 4; k += 2) {
            if (constraint.counts(event, k)) {
                in = in.logical_or(cell.eq(Tensors.scalar(k)));
            }
        }
        return weights.mul(in.to(weights.scalar_type()));
    }
}
