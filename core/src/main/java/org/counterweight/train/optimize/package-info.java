/**
 * How weights move: rules ({@link org.counterweight.train.optimize.UpdateRule}), and groups of weights with rates of their
 * own. {@link org.counterweight.train.optimize.Optimizer} puts them together.
 */
@NullMarked
package org.counterweight.train.optimize;

import org.jspecify.annotations.NullMarked;
