package org.counterweight.distill.gradient;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.distill.SyntheticSet;
import org.counterweight.distill.trajectory.Matching;
import org.counterweight.engine.Scope;
import org.jspecify.annotations.Nullable;

/**
 * The gradient while it is summed step by step, in place.
 *
 * @param images in the shape of X
 * @param labels in the shape of y, or null
 * @param rate a scalar
 */
record GradientSums(Tensor images, @Nullable Tensor labels, Tensor rate) {
    static GradientSums zero(SyntheticSet set) {
        return new GradientSums(
                torch.zeros_like(set.images().detach()),
                set.isSoft() ? torch.zeros_like(set.labels().detach()) : null,
                torch.zeros_like(set.rate().detach()));
    }

    /** Adds what one step says about its own rows. */
    void add(Tensor rows, Inner.Derivatives found) {
        images.index_add_(0, rows, found.images());
        Tensor ofLabels = found.labels();
        if (labels != null && ofLabels != null) {
            labels.index_add_(0, rows, ofLabels);
        }
    }

    Matched matched(Scope scope, Matching.Losses losses, Tensor end) {
        return Matched.keptBy(scope, losses, end, images, labels, rate);
    }
}
