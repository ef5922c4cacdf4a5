/**
 * Updating a model in production so that nothing that worked breaks: backward-compatible weight interpolation.
 *
 * <p>Start at {@link org.counterweight.merge.update.Bcwi}, the formula, and
 * {@link org.counterweight.merge.update.AlphaSweep}, which chooses its one number on held-out data.
 * {@link org.counterweight.merge.update.fisher.DiagonalFisher} says which weights matter to the old model,
 * {@link org.counterweight.merge.update.Flips} counts what users would call regressions. The other classes are what the
 * method is compared with.
 */
@NullMarked
package org.counterweight.merge.update;

import org.jspecify.annotations.NullMarked;
