package org.counterweight.train.weigh;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.train.state.TrainingException;

/** Rows whose loss is not finite, and that a weigher has left out. */
public final class DroppedRows {
    private static final int NAMED = 8;

    private DroppedRows() {}

    /**
     * The batch without the rows whose loss is not finite, if the weigher gave them no weight: even with weight 0 they would
     * make every gradient NaN, for 0 · ∞ is NaN.
     *
     * @param losses {@code [M]}, without gradient
     * @param weights {@code [M]}
     * @param step the number of steps taken before
     * @throws TrainingException naming the rows, if they have weight, or no row is left
     */
    public static Batch without(Batch batch, Tensor losses, Tensor weights, long step) {
        Tensor finite = losses.isfinite();
        Tensor kept = finite.nonzero().flatten();
        double weightOfOthers =
                weights.masked_select(finite.logical_not()).abs().sum().item_double();
        if (kept.numel() == 0 || kept.numel() == batch.rows() || weightOfOthers != 0) {
            throw new TrainingException("step " + (step + 1) + ": the loss is not finite; rows "
                    + rowNumbers(batch, finite) + "; a lower learning rate may help, or look at these rows");
        }
        return batch.rows(kept);
    }

    private static String rowNumbers(Batch batch, Tensor finite) {
        Tensor places = finite.logical_not().nonzero().flatten();
        Tensor row = batch.find(Batch.ROW);
        long[] numbers = Tensors.toLongs(row == null ? places : row.index_select(0, places));
        String all =
                Arrays.stream(numbers).limit(NAMED).mapToObj(String::valueOf).collect(Collectors.joining(", "));
        return all
                + (numbers.length > NAMED ? " and " + (numbers.length - NAMED) + " more" : "")
                + (row == null ? " of the batch" : " of the data");
    }
}
