package org.counterweight.distill;

import org.bytedeco.pytorch.Tensor;

/**
 * What is distilled: images, what they are called, and the rate to learn from them with.
 *
 * @param images X, {@code [n, channels, height, width]}
 * @param labels y, {@code int64 [n]}, or soft: probabilities {@code [n, classes]}
 * @param rate η, the rate of the inner steps, a scalar
 */
public record SyntheticSet(Tensor images, Tensor labels, Tensor rate) {
    /** @throws IllegalArgumentException if images and labels differ in number, or the rate is no single number */
    public SyntheticSet {
        if (images.size(0) != labels.size(0)) {
            throw new IllegalArgumentException(images.size(0) + " images and " + labels.size(0) + " labels");
        }
        if (rate.numel() != 1) {
            throw new IllegalArgumentException("the inner rate is one number, not " + rate.numel());
        }
        rate = rate.dim() == 0 ? rate : rate.reshape(new long[0]);
    }

    /** Whether labels are probabilities, and so have a gradient. */
    public boolean isSoft() {
        return labels.is_floating_point();
    }
}
