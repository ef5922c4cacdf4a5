package org.counterweight.studies.shift;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;

/**
 * Rows to learn from and rows of a deployment that lie elsewhere, with one rule for the class.
 *
 * @param train {@code [n, d]}, standardised
 * @param y classes of the training rows, {@code int64 [n]}
 * @param deployed {@code [t, d]}, standardised
 * @param truth classes of the deployment's rows, which nothing learns from
 */
record ShiftedRows(Tensor train, Tensor y, Tensor deployed, Tensor truth) {
    /** The same standardised over the rows of both. */
    ShiftedRows standardised() {
        Tensor all = both();
        Tensor mean = Tensors.mean(all, true, 0);
        Tensor deviation = Tensors.mean(all.sub(mean).square(), true, 0).sqrt();
        return new ShiftedRows(
                train.sub(mean).div(deviation), y, deployed.sub(mean).div(deviation), truth);
    }

    /** All rows, those to learn from first. */
    Tensor both() {
        return torch.cat(new TensorVector(train, deployed), 0);
    }
}
