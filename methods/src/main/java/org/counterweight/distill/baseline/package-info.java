/**
 * What distillation along trajectories is to be compared with, and begun with: real images that stand for many, by herding or
 * k-means; images whose features (DM) or gradients (DC) match those of the real ones.
 */
@NullMarked
package org.counterweight.distill.baseline;

import org.jspecify.annotations.NullMarked;
