package org.counterweight.reweigh;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.train.state.TrainingException;
import org.counterweight.train.weigh.Rows;
import org.counterweight.train.weigh.Scale;
import org.counterweight.train.weigh.Weigher;
import org.jspecify.annotations.Nullable;

/**
 * The weights that the data brings, so that any other library's (of propensities, density ratios, annotators) reach a run.
 * By themselves they are w_i / Σ w over the batch, whatever their scale is; what a batch weighs as a whole is lost, and a row of
 * weight 3 is the row three times only where a batch holds all rows. With their mean over all rows they are w_i / mean, and
 * L = (1/M) Σ w_i ℓ_i / mean: over the batches of an epoch that is the mean over the rows repeated, whatever a batch holds.
 *
 * @param column the batch's tensor, {@code [M]}, finite and not negative
 * @param mean of the weights of all rows, above 0; null to normalise over each batch
 */
public record ColumnWeigher(String column, @Nullable Double mean) implements Weigher {
    @Override
    public Tensor weights(Rows rows) {
        Tensor given = rows.batch().get(column).to(rows.losses().scalar_type());
        if (!given.isfinite().all().item_bool() || given.min().item_double() < 0) {
            throw new TrainingException("column: step " + (rows.step() + 1) + ": a row's " + column
                    + " is negative or not finite; weights are numbers of at least 0");
        }
        Tensor usable = Usable.rows(rows, false, "column").to(rows.losses().scalar_type());
        Tensor weights = given.mul(usable);
        if (mean != null) {
            return weights.div(Tensors.scalar(mean));
        }
        double sum = weights.sum().item_double();
        if (!(sum > 0)) {
            throw new TrainingException("column: step " + (rows.step() + 1) + ": all rows of the batch have " + column
                    + " 0; leave such rows out of the file, or take a greater train.batch_size");
        }
        return weights.div(weights.sum());
    }

    @Override
    public Scale scale() {
        return mean == null ? Scale.SUM_ONE : Scale.BATCH_MEAN;
    }
}
