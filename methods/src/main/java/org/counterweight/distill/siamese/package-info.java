/**
 * Differentiable Siamese augmentation: images are changed at random, the same way wherever the same draw is used, and gradients
 * pass through to the images before. B. Zhao and H. Bilen, "Dataset Condensation with Differentiable Siamese Augmentation", ICML
 * 2021.
 */
@NullMarked
package org.counterweight.distill.siamese;

import org.jspecify.annotations.NullMarked;
