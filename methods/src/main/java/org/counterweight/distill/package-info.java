/**
 * Dataset distillation: a few synthetic images in place of a training set, such that a network trained on them alone goes
 * where one trained on all the data went.
 *
 * <p>The ways of experts, networks trained on the real data, are recorded by {@link org.counterweight.distill.expert}; {@link
 * org.counterweight.distill.trajectory} says how far a short training on the {@link
 * org.counterweight.distill.SyntheticSet} misses an expert's way, {@link org.counterweight.distill.gradient} takes the gradient
 * of that, and an {@link org.counterweight.distill.OuterStep} moves the
 * images by it. {@link org.counterweight.distill.siamese} changes images at random so that gradients pass, and {@link
 * org.counterweight.distill.baseline} has what all this is to be compared with.
 *
 * <p>J. Shen et al., "Efficient Dataset Distillation through Alignment with Smooth and High-Quality Expert Trajectories", 2023
 * (AST); G. Cazenavette et al., "Dataset Distillation by Matching Training Trajectories", CVPR 2022 (MTT); J. Cui et al.,
 * "Scaling Up Dataset Distillation to ImageNet-1K with Constant Memory", ICML 2023 (TESLA).
 */
@NullMarked
package org.counterweight.distill;

import org.jspecify.annotations.NullMarked;
