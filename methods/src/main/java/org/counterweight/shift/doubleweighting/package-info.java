/**
 * Double-Weighting: weights for the rows of a training table and for those of the table where a model will be used, and the
 * minimax classifier that is learnt with both. Start at {@link org.counterweight.shift.doubleweighting.DoubleWeighting}.
 *
 * <p>J. I. Segovia-Martin, S. Mazuelas and A. Liu, "Double-Weighting for Covariate Shift Adaptation", ICML 2023. The order of
 * a fit: {@link org.counterweight.shift.doubleweighting.Kernel},
 * {@link org.counterweight.shift.doubleweighting.DoubleWeights},
 * {@link org.counterweight.shift.doubleweighting.Expectations},
 * {@link org.counterweight.shift.doubleweighting.MinimaxClassifier}.
 */
@NullMarked
package org.counterweight.shift.doubleweighting;

import org.jspecify.annotations.NullMarked;
