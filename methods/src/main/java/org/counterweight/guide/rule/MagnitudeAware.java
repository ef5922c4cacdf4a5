package org.counterweight.guide.rule;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.guide.Convention;

/**
 * Guidance that gives way where it would move a row far: the weight times {@code exp(-alpha |e_c - e_u| / |e_u|)} (MAMBO-G,
 * 2025). A row whose unconditional prediction is zero is not guided.
 *
 * @param alpha how fast it gives way; diffusers has 8
 */
public record MagnitudeAware(Convention convention, double alpha, double rescale) implements Guider {
    public MagnitudeAware {
        ClassifierFree.checkRescale(rescale);
    }

    @Override
    public Tensor combine(Tensor cond, Tensor uncond, double weight, int step) {
        return Predictions.wide(cond, uncond, (c, u) -> {
            if (convention.leavesConditional(weight)) {
                return c;
            }
            Tensor difference = c.sub(u);
            Tensor ratio =
                    Predictions.rowNorm(difference).div(Predictions.rowNorm(u)); // 0/0 is 0 times a difference of zero
            Tensor trust = Tensors.times(ratio, -alpha).exp().nan_to_num();
            double omega = convention.to(Convention.OMEGA, weight);
            return Predictions.rescaled(c.add(difference.mul(Tensors.times(trust, omega))), c, rescale);
        });
    }
}
