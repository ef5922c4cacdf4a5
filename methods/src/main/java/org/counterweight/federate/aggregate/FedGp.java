package org.counterweight.federate.aggregate;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;

/**
 * (1 − β) g_T + β Proj(g_T | g_i): E. Jiang et al., "Principled Federated Domain Adaptation: Gradient Projection and
 * Auto-Weighting", ICLR 2024, definition 4.3. The target's update is projected on the source's direction, so that
 * the length of g_i, and its scale, do not matter.
 *
 * @param filtered whether a source that points away from the target is dropped: max(⟨g_T, g_i⟩, 0), the paper's Proj₊;
 *     not in its ablation "w proj"
 */
public record FedGp(boolean filtered) implements Rule {
    @Override
    public Mix mix(Products products, double beta, double scale) {
        return new Mix(1 - beta, beta * factor(products));
    }

    private double factor(Products products) {
        double coefficient = products.coefficient();
        return filtered ? Math.max(coefficient, 0) : coefficient;
    }

    /**
     * Proj(target | source) = ⟨target, source⟩ / ‖source‖² source; zeros if the source is zero, or is filtered.
     *
     * @param target of any shape, {@code source} of the same, which is the result's
     */
    public Tensor project(Tensor target, Tensor source) {
        return Tensors.times(source, factor(Products.of(target, source)));
    }
}
