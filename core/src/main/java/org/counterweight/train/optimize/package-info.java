/**
 * Optimizers: update rules ({@link org.counterweight.train.optimize.UpdateRule}), and groups of weights with their own
 * learning rates. {@link org.counterweight.train.optimize.Optimizer} puts them together.
 */
@NullMarked
package org.counterweight.train.optimize;

import org.jspecify.annotations.NullMarked;
