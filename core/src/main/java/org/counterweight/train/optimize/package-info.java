/**
 * How weights move: rules ({@link org.counterweight.train.optimize.UpdateRule}), groups of weights with rates of their own, and
 * schedules. {@link org.counterweight.train.optimize.Optimizer} puts them together.
 */
@NullMarked
package org.counterweight.train.optimize;

import org.jspecify.annotations.NullMarked;
