/**
 * Double-Weighting: weights for the rows of a training table and for those of the table where a model will be used. Start at
 * {@link org.counterweight.shift.doubleweighting.DoubleWeights}.
 *
 * <p>J. I. Segovia-Martin, S. Mazuelas and A. Liu, "Double-Weighting for Covariate Shift Adaptation", ICML 2023.
 */
@NullMarked
package org.counterweight.shift.doubleweighting;

import org.jspecify.annotations.NullMarked;
