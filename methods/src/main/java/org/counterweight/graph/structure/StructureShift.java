package org.counterweight.graph.structure;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;

/**
 * How far estimated probabilities of edges between classes, P, lie from others, Q: figures for reports.
 *
 * @param absolute the mean of |P − Q|
 * @param relative the mean of |P − Q| over P and over Q, half each; of an infinite one the other, of 0 / 0 nothing
 * @param ratio the mean over pairs of different classes of (P_ij / P_ii) / (Q_ij / Q_ii), how links to others stand to those
 *     within; 1 is no difference
 */
public record StructureShift(double absolute, double relative, double ratio) {
    /**
     * @param p {@code float64 [C, C]}
     * @param q {@code float64 [C, C]}
     */
    public static StructureShift between(Tensor p, Tensor q) {
        Tensor gap = p.sub(q).abs();
        Tensor byQ = gap.div(q);
        Tensor byP = gap.div(p);
        Tensor relative = Tensors.times(
                zeroForNaN(torch.where(torch.isinf(byQ), byP, byQ))
                        .add(zeroForNaN(torch.where(torch.isinf(byP), byQ, byP))),
                0.5);
        Tensor ratios = StructureRatio.finite(toOwnClass(p).div(toOwnClass(q)));
        Tensor off = torch.eye(p.size(0)).to(ScalarType.Bool).logical_not();
        return new StructureShift(
                gap.mean().item_double(),
                relative.mean().item_double(),
                ratios.masked_select(off).mean().item_double());
    }

    private static Tensor zeroForNaN(Tensor values) {
        return torch.where(torch.isnan(values), torch.zeros_like(values), values);
    }

    /** Each row over its entry on the diagonal; 1 for 0 / 0, the entry itself for what is infinite. */
    private static Tensor toOwnClass(Tensor p) {
        Tensor ratio = p.div(p.diagonal().unsqueeze(1));
        Tensor known = torch.where(torch.isnan(ratio), torch.ones_like(ratio), ratio);
        return torch.where(torch.isinf(known), p, known);
    }
}
