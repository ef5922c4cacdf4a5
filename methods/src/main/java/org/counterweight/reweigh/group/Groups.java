package org.counterweight.reweigh.group;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;
import org.counterweight.reweigh.Usable;
import org.counterweight.train.state.TrainingException;
import org.counterweight.train.weigh.Rows;

/**
 * The rows of a batch by group: means of losses, and the way from the weights of groups to those of rows.
 *
 * @param ofRow {@code int64 [M]}
 * @param rows {@code [G]}: how many usable rows of the batch each group has
 * @param usable {@code [M]}: 1 for rows that count, else 0
 */
record Groups(Tensor ofRow, Tensor rows, Tensor usable) {
    static Groups of(Rows rows, String column, int count, String method) {
        Tensor usable = Usable.rows(rows, false, method).to(rows.losses().scalar_type());
        Tensor group = rows.batch().get(column);
        long largest = group.max().item_long();
        if (largest >= count || group.min().item_long() < 0) {
            throw new TrainingException(method + ": a row has " + column + " " + largest + "; expected 0 to "
                    + (count - 1) + ", for groups: " + count);
        }
        return new Groups(group, sums(usable, group, count), usable);
    }

    private static Tensor sums(Tensor values, Tensor group, long count) {
        return torch.zeros(new long[] {count}, Tensors.options(values)).index_add_(0, group, values);
    }

    /** The mean of {@code perRow} over each group's rows; 0 for groups that the batch lacks. */
    Tensor means(Tensor perRow) {
        return sums(perRow.mul(usable), ofRow, rows.numel()).div(rows.clamp_min(Tensors.scalar(1)));
    }

    /** Each group's weight, shared equally by its rows; groups that the batch lacks leave theirs to the others. */
    Tensor spread(Tensor weights) {
        Tensor perRow = Tensors.to(weights, rows.device())
                .div(rows.clamp_min(Tensors.scalar(1)))
                .index_select(0, ofRow)
                .mul_(usable);
        return perRow.div(perRow.sum());
    }
}
