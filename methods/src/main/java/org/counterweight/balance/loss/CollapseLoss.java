package org.counterweight.balance.loss;

import static org.counterweight.engine.Tensors.as;
import static org.counterweight.engine.Tensors.mean;
import static org.counterweight.engine.Tensors.norm2;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.sum;
import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.balance.ClassCounts;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;

/**
 * Cross entropy that asks for collapsed features besides: λ₁ times the mean square distance of a batch's features from the mean
 * of their class there, less λ₂ times the angle of each class mean to the nearest other one. Angles are seen from the middle of
 * the class means.
 *
 * <p>X. Liu et al., "Inducing Neural Collapse in Deep Long-tailed Learning", AISTATS 2023, as an ablation of Hasegawa and Sato
 * (ICLR 2024).
 */
public record CollapseLoss(
        @Setting(value = "λ₁, of the distances within classes", defaultsTo = "0.01", range = "at least 0")
        double within,

        @Setting(value = "λ₂, of the least angles between class means", defaultsTo = "0.1", range = "at least 0")
        double between)
        implements FirstLoss {
    private static final double NEAR = 1e-6; // where an arc cosine has no slope

    public CollapseLoss {
        Checks.ranges(CollapseLoss.class, "balance.loss", within, between);
    }

    @Override
    public Rows of(ClassCounts counts) {
        return (logits, labels, features, head, epoch) -> {
            Tensor member = as(torch.one_hot(labels, counts.classes()), features); // [B, C]
            Tensor rows = sum(member, false, 0);
            Tensor means = torch.matmul(member.t(), features)
                    .div(rows.clamp_min(scalar(1)).unsqueeze(1)); // [C, D]
            Tensor apart = features.sub(means.index_select(0, labels));
            Tensor scatter = sum(apart.square(), false, 1).mean();
            Tensor present = means.index_select(0, rows.nonzero().squeeze(1));
            Tensor term = times(scatter, within).sub(times(leastAngle(present), between));
            return PlainLoss.crossEntropy(logits, labels).add(term); // the mean over rows has the term once
        };
    }

    /** The mean over the classes of the angle to the nearest other, in radians; 0 of a single class. */
    private static Tensor leastAngle(Tensor means) {
        if (means.size(0) < 2) {
            return means.sum().mul(scalar(0));
        }
        Tensor centred = means.sub(mean(means, true, 0));
        Tensor units = centred.div(norm2(centred, true, 1).clamp_min(scalar(1e-12)));
        Tensor cosines = torch.matmul(units, units.t());
        Tensor own = torch.eye(means.size(0)).to(means.device(), torch.ScalarType.Bool);
        Tensor nearest = cosines.masked_fill(own, scalar(-1)).amax(new long[] {1}, false);
        return nearest.clamp(new ScalarOptional(scalar(-1 + NEAR)), new ScalarOptional(scalar(1 - NEAR)))
                .acos()
                .mean();
    }
}
