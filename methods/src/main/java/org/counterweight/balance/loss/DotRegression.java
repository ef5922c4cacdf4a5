package org.counterweight.balance.loss;

import static org.counterweight.engine.Tensors.as;
import static org.counterweight.engine.Tensors.norm2;
import static org.counterweight.engine.Tensors.scalar;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.balance.ClassCounts;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.jspecify.annotations.Nullable;

/**
 * The logit of the true class is pulled towards the largest that its lengths allow: (z_y − m)² / (2 m) with m = ||h|| ||w_y||,
 * through which no gradient goes.
 *
 * <p>Y. Yang et al., "Inducing Neural Collapse in Imbalanced Learning", NeurIPS 2022, as in the code of Hasegawa and Sato
 * (ICLR 2024).
 */
public record DotRegression(
        @Setting(
                value = "Weigh rows by their class too, with this overlap; null for every row alike",
                defaultsTo = "null",
                range = "[0, 1]")
        @Nullable
        Double beta)
        implements FirstLoss {
    private static final double LEAST = 1e-12; // a row of zeros has nowhere to go, and no length to divide by

    public DotRegression {
        Checks.ranges(DotRegression.class, "balance.loss", beta);
    }

    @Override
    public Rows of(ClassCounts counts) {
        return (logits, labels, features, head, epoch) -> {
            Tensor lengths = norm2(features.detach(), false, 1)
                    .mul(norm2(head.weight().detach(), false, 1).index_select(0, labels));
            Tensor m = as(lengths, logits).clamp_min_(scalar(LEAST));
            Tensor own = logits.gather(1, labels.unsqueeze(1)).squeeze(1);
            Tensor losses = own.sub(m).square().div(m.mul(scalar(2)));
            return beta == null
                    ? losses
                    : losses.mul(counts.weights(beta)
                            .to(logits.device(), logits.scalar_type())
                            .index_select(0, labels));
        };
    }
}
