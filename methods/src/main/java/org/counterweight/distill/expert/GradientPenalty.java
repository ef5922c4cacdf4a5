package org.counterweight.distill.expert;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.distill.FlatModel;
import org.counterweight.engine.Tensors;

/**
 * Draws the slope of a network over its input towards 1: λ · mean (‖G‖ − 1)², G the gradient of the sum of all logits with
 * respect to the images, {@code [n, channels, height, width]}. AST; I. Gulrajani et al., "Improved Training of Wasserstein
 * GANs", NeurIPS 2017.
 *
 * @param factor λ, at least 0; 2 in AST
 * @param mode what one norm is of
 */
public record GradientPenalty(double factor, Mode mode) {
    /** What one norm is of. */
    public enum Mode {
        /** The channels at each place of each image, as in AST's code. */
        CHANNEL,
        /** A whole image, as in the penalty's own paper. */
        SAMPLE
    }

    private static final double GUARD = 1e-12; // under the root: where the norm is 0, its gradient is 0 and not NaN

    public GradientPenalty {
        if (!(factor >= 0 && Double.isFinite(factor))) {
            throw new ConfigException("lambda_gp", factor, "a number of at least 0 (2 is usual)");
        }
    }

    /**
     * G.
     *
     * @param images as they are, not augmented
     * @param keepGraph whether it can be differentiated with respect to {@code theta}
     */
    public static Tensor inputGradient(FlatModel model, Tensor theta, Tensor images, boolean keepGraph) {
        Tensor input = images.detach().requires_grad_(true);
        return Tensors.gradients(model.output(theta, input).logits().sum(), keepGraph, input)[0];
    }

    /** The penalty, a scalar, differentiable with respect to {@code theta}. */
    public Tensor of(FlatModel model, Tensor theta, Tensor images) {
        Tensor squares = inputGradient(model, theta, images, true).square();
        Tensor summed = switch (mode) {
            case CHANNEL -> Tensors.sum(squares, false, 1); // [n, height, width]
            case SAMPLE -> Tensors.sum(squares, false, 1, 2, 3); // [n]
        };
        Tensor excess = Tensors.plus(Tensors.plus(summed, GUARD).sqrt(), -1);
        return Tensors.times(excess.square().mean(), factor);
    }
}
