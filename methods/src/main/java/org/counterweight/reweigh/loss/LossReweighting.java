package org.counterweight.reweigh.loss;

import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.softmax;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.reweigh.Usable;
import org.counterweight.reweigh.loss.LossReweightingConfig.NonFinite;
import org.counterweight.train.weigh.Rows;
import org.counterweight.train.weigh.Uniform;
import org.counterweight.train.weigh.Weigher;
import org.jspecify.annotations.Nullable;

/**
 * Dynamic loss-based reweighting: each row of the batch is weighed by its own present loss, w = softmax(f(h) / r), where h
 * is the loss scaled to [−δ, δ] by the batch's smallest and largest. No statistics are kept, no second model is needed, no
 * second forward pass is made, and w is a constant in the backward pass.
 *
 * <p>D. Sow et al., "Dynamic Loss-Based Sample Reweighting for Improved Large Language Model Pretraining", ICLR 2025
 * (arXiv 2502.06733), section 3. The weights are the closed solution of max over the simplex of Σ w_i f_i − r Σ w_i log(M w_i).
 *
 * <p>Departures: {@link Strategy#UNIFORM} is exactly 1/M (the published snippet still takes the softmax of h); rows with
 * nothing to predict get weight 0 and take no part in the range (the official code divides 0 by 0).
 */
public record LossReweighting(LossReweightingConfig config, Sharpness temperature) implements Weigher {
    private static final int FEW = 8;
    private static final Uniform UNIFORM = new Uniform();

    @Override
    public Tensor weights(Rows rows) {
        Tensor usable = Usable.rows(rows, config.nonFinite() == NonFinite.DROP, "loss_reweighting");
        if (rows.step() < config.burnInSteps() || config.strategy() == Strategy.UNIFORM) {
            return UNIFORM.weights(new Rows(rows.losses(), usable.to(ScalarType.Long), rows.batch(), rows.step()));
        }
        return Usable.spread(
                usable,
                rows.losses(),
                losses -> weights(
                        losses, config.strategy(), temperature.at(rows.step()), config.delta(), config.alpha()));
    }

    /**
     * The weights of losses that all count.
     *
     * @param losses {@code [M]}, float32 or wider, finite, without gradient; over all workers where there are several
     * @param r temperature, above 0
     * @param delta δ, half the width of the normalised range, above 0
     * @param alpha the cap of {@link Strategy#LINUPPER} is at α δ
     * @return {@code [M]}, sum 1
     */
    public static Tensor weights(Tensor losses, Strategy strategy, double r, double delta, double alpha) {
        if (strategy == Strategy.UNIFORM) {
            return torch.full_like(losses, scalar(1.0 / losses.numel()));
        }
        return softmax(strategy.score(losses, delta, alpha).div(scalar(r)), 0);
    }

    @Override
    public Map<String, Double> figures(long step) {
        return step < config.burnInSteps() ? Map.of() : Map.of("r", temperature.at(step));
    }

    @Override
    public @Nullable String remark(long rows) {
        return rows >= FEW || config.strategy() == Strategy.UNIFORM
                ? null
                : "loss_reweighting: the " + rows
                        + " rows of a batch are scaled by their own smallest and largest loss;" + " with fewer than "
                        + FEW + " the weights hardly depend on how far apart these are";
    }
}
