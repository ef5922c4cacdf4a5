package org.counterweight.guide.rule;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;
import org.counterweight.guide.Convention;

/**
 * Guidance from the multiple of the unconditional prediction that is nearest to the conditional one, and nothing at all in the
 * first steps: W. Fan et al., "CFG-Zero*: Improved Classifier-Free Guidance for Flow Matching Models", 2025.
 *
 * @param zeroSteps how many steps at the start predict zero
 * @param rescale phi, from 0 for none to 1
 */
public record ZeroStar(Convention convention, int zeroSteps, double rescale) implements Guider {
    private static final double EPSILON = 1e-8;

    public ZeroStar {
        ClassifierFree.checkRescale(rescale);
    }

    @Override
    public boolean isConditional(double weight, int step) {
        return step >= zeroSteps && convention.isNeutral(weight);
    }

    @Override
    public Tensor combine(Tensor cond, Tensor uncond, double weight, int step) {
        if (step < zeroSteps) {
            return torch.zeros_like(cond);
        }
        return Predictions.wide(cond, uncond, (c, u) -> {
            if (convention.leavesConditional(weight)) {
                return c;
            }
            Tensor nearest = Predictions.rowSum(c.mul(u))
                    .div(Tensors.plus(Predictions.rowSum(u.mul(u)), EPSILON))
                    .mul(u);
            return Predictions.rescaled(Predictions.extrapolate(c, nearest, weight, convention), c, rescale);
        });
    }
}
