package org.counterweight.reweigh;

import static org.counterweight.engine.Tensors.scalar;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.train.weigh.Rows;
import org.counterweight.train.weigh.Weigher;

/**
 * The gradient of min(ℓ, limit): rows beyond the limit get no weight, the others share it equally. If all are beyond it, as
 * at the start of training, all count, for otherwise nothing would ever be learnt.
 */
public record LossClipping(double limit) implements Weigher {
    @Override
    public Tensor weights(Rows rows) {
        Tensor usable = Usable.rows(rows, false, "loss_clipping");
        return Usable.spread(usable, rows.losses(), losses -> {
            Tensor within = losses.le(scalar(limit)).to(losses.scalar_type());
            double count = within.sum().item_double();
            return count > 0 ? within.div(scalar(count)) : torch.full_like(losses, scalar(1.0 / losses.numel()));
        });
    }
}
