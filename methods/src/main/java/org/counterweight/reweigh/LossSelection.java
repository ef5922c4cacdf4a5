package org.counterweight.reweigh;

import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.slice;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.reweigh.SelectionConfig.Kept;
import org.counterweight.train.weigh.RowColumn;
import org.counterweight.train.weigh.Rows;
import org.counterweight.train.weigh.Weigher;

/**
 * Keeps a share of the rows, each with weight 1/k, and drops the rest: those of highest loss (online hard example mining),
 * of lowest loss (trimmed loss), or of the highest loss beyond a reference model's (S. Mindermann et al., "Prioritized
 * Training on Points that are Learnable, Worth Learning, and Not Yet Learnt", ICML 2022; Rho-1 does the same with tokens).
 *
 * <p>k = max(1, ⌊ratio · M⌋); of equal losses the first rows are kept.
 */
public record LossSelection(Kept kept, double ratio) implements Weigher {
    /** The tensor of the batch, {@code [M]}, with each row's loss under the reference model. */
    public static final String REFERENCE_LOSS = "ref_loss";

    /** The same, as a need. */
    public static final RowColumn REFERENCE =
            new RowColumn(REFERENCE_LOSS, "its loss under a reference model", 0, null);

    @Override
    public Tensor weights(Rows rows) {
        Tensor usable = Usable.rows(rows, false, "loss_selection");
        Tensor key = kept == Kept.EXCESS_TOPK
                ? rows.losses()
                        .sub(rows.batch().get(REFERENCE_LOSS).to(rows.losses().scalar_type()))
                : rows.losses();
        return Usable.spread(usable, key, values -> weights(values, kept != Kept.BOTTOMK, ratio));
    }

    /**
     * The weights by a key that all rows have.
     *
     * @param key {@code [M]}: the loss, or its excess
     * @return {@code [M]}: 1/k for those kept, else 0
     */
    public static Tensor weights(Tensor key, boolean highest, double ratio) {
        long k = Math.max(1, (long) Math.floor(ratio * key.numel() + 1e-9)); // 0.1 · 10 must be 1
        Tensor order = torch.argsort(key, true, 0, highest); // stable: ties stay in the order of the rows
        return torch.zeros_like(key).index_fill_(0, slice(order, 0, 0, k), scalar(1.0 / k));
    }
}
