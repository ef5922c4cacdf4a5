package org.counterweight.distill.gradient;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.distill.SyntheticSet;
import org.counterweight.distill.trajectory.InnerBatch;
import org.counterweight.distill.trajectory.Matching;
import org.counterweight.engine.Tensors;
import org.jspecify.annotations.Nullable;

/**
 * One inner step, built to be differentiated for itself: leaves, and the gradient g_s that depends on them.
 *
 * @param theta θ_s, a leaf
 * @param images X[b_s], a leaf
 * @param labels y[b_s], a leaf where soft
 * @param gradient g_s, {@code [P]}, with its graph
 */
record InnerStep(Tensor theta, Tensor images, Tensor labels, Tensor gradient) {
    static InnerStep of(Matching matching, SyntheticSet set, InnerBatch batch, Tensor state) {
        Tensor theta = state.detach().requires_grad_(true);
        Tensor images = set.images().detach().index_select(0, batch.rows()).requires_grad_(true);
        Tensor labels = set.labels().detach().index_select(0, batch.rows()).requires_grad_(set.isSoft());
        Tensor loss = matching.loss(theta, batch, images, labels);
        return new InnerStep(theta, images, labels, Tensors.gradients(loss, true, theta)[0]);
    }

    /**
     * d⟨g_s, direction⟩ / d(X[b_s], θ_s, y[b_s]).
     *
     * @param labels null where they are classes
     */
    record Derivatives(
            Tensor images, Tensor theta, @Nullable Tensor labels) {}

    Derivatives along(Tensor direction) {
        Tensor product = gradient.mul(direction.detach()).sum();
        boolean isSoft = labels.requires_grad();
        Tensor[] found = isSoft
                ? Tensors.gradients(product, false, images, theta, labels)
                : Tensors.gradients(product, false, images, theta);
        return new Derivatives(found[0], found[1], isSoft ? found[2] : null);
    }
}
