package org.counterweight.reweigh;

import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.train.state.TrainingException;
import org.counterweight.train.weigh.Rows;

/** Which rows take part in the weighing, and the way from their weights back to all rows. */
public final class Usable {
    private Usable() {}

    /**
     * {@code bool [M]}: rows that have something to predict, and a finite loss.
     *
     * @throws TrainingException if there is none, or a loss is not finite and may not be dropped; it names the row
     */
    public static Tensor rows(Rows rows, boolean drop, String method) {
        Tensor active = rows.units().ne(new Scalar(0L));
        Tensor usable = active.logical_and(rows.losses().isfinite());
        long count = usable.sum().item_long();
        if (!drop && count < active.sum().item_long()) {
            throw new TrainingException(notFinite(rows, active.logical_and(usable.logical_not()), method));
        }
        if (count == 0) {
            throw new TrainingException(method + ": no row of the batch has anything to predict");
        }
        return usable;
    }

    private static String notFinite(Rows rows, Tensor which, String method) {
        Tensor place = Tensors.slice(which.nonzero().flatten(), 0, 0, 1);
        Tensor number = rows.batch().find(Batch.ROW);
        double loss = rows.losses().index_select(0, place).item_double();
        return method + ": step " + (rows.step() + 1) + ": the loss of row " + place.item_long() + " of the batch"
                + (number == null
                        ? ""
                        : " (row " + number.index_select(0, place).item_long() + " of the data)") + " is "
                + loss + ", and would spoil the weights of all; non_finite: drop leaves such rows out";
    }

    /**
     * The weights that {@code rule} gives the usable rows, with 0 for the others: {@code [M]}.
     *
     * @param usable {@code bool [M]}
     * @param losses {@code [M]}
     * @param rule from the losses of the usable rows to as many weights
     */
    public static Tensor spread(Tensor usable, Tensor losses, UnaryOperator<Tensor> rule) {
        if (usable.all().item_bool()) {
            return rule.apply(losses);
        }
        return torch.zeros_like(losses).masked_scatter_(usable, rule.apply(losses.masked_select(usable)));
    }
}
