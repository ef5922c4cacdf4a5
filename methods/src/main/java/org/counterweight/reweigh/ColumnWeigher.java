package org.counterweight.reweigh;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.train.state.TrainingException;
import org.counterweight.train.weigh.Rows;
import org.counterweight.train.weigh.Weigher;

/**
 * The weights that the data brings: w_i / Σ w over the batch. So any other library's weights (of propensities, density
 * ratios, annotators) reach a run. What a batch weighs as a whole is lost: each counts the same.
 *
 * @param column the batch's tensor, {@code [M]}, finite and not negative
 */
public record ColumnWeigher(String column) implements Weigher {
    @Override
    public Tensor weights(Rows rows) {
        Tensor given = rows.batch().get(column).to(rows.losses().scalar_type());
        if (!given.isfinite().all().item_bool() || given.min().item_double() < 0) {
            throw new TrainingException("column: step " + (rows.step() + 1) + ": a row's " + column
                    + " is negative or not finite; weights are numbers of at least 0");
        }
        Tensor usable = Usable.rows(rows, false, "column").to(rows.losses().scalar_type());
        Tensor weights = given.mul(usable);
        double sum = weights.sum().item_double();
        if (!(sum > 0)) {
            throw new TrainingException("column: step " + (rows.step() + 1) + ": all rows of the batch have " + column
                    + " 0; leave such rows out of the file, or take a greater train.batch_size");
        }
        return weights.div(weights.sum());
    }
}
