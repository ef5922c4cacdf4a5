package org.counterweight.balance.loss;

import static org.counterweight.engine.Tensors.as;
import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.balance.ClassCounts;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;

/**
 * Rare classes have to win by more: cross entropy of s (z − Δ_y e_y) with Δ_c = C / n_c^¼, the largest of which is given. With
 * class weights after some epochs it is LDAM-DRW.
 *
 * <p>K. Cao et al., "Learning Imbalanced Datasets with Label-Distribution-Aware Margin Loss", NeurIPS 2019, equations 12 and 13.
 */
public record MarginLoss(
        @Setting(value = "Δ of the rarest class", defaultsTo = "0.5", range = "at least 0; 0.5 is usual")
        double maxMargin,

        @Setting(
                value = "s: logits are multiplied by it in the loss; 30 with features of length 1 (normalize_features)",
                defaultsTo = "30.0",
                range = "above 0")
        double scale,

        @Setting(
                value = "Weigh rows by their class, with this overlap; 0 weighs all classes alike",
                defaultsTo = "0.9999",
                range = "[0, 1]")
        double beta,

        @Setting(value = "Epochs before rows are weighed (DRW)", defaultsTo = "0", range = "at least 0")
        int deferred)
        implements FirstLoss {
    public MarginLoss {
        Checks.ranges(MarginLoss.class, "balance.loss", maxMargin, scale, beta, deferred);
    }

    @Override
    public Rows of(ClassCounts counts) {
        return (logits, labels, features, head, epoch) -> {
            Tensor margins = as(counts.margins(maxMargin), logits).index_select(0, labels);
            Tensor lowered =
                    logits.scatter_add(1, labels.unsqueeze(1), margins.neg().unsqueeze(1));
            Tensor losses = PlainLoss.crossEntropy(times(lowered, scale), labels);
            return epoch < deferred
                    ? losses
                    : losses.mul(as(counts.weights(beta), logits).index_select(0, labels));
        };
    }
}
