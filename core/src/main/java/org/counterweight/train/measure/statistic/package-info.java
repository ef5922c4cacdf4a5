/** Means, correlations and ranks of values that have weights: {@link org.counterweight.train.measure.statistic.Weighted}. */
@NullMarked
package org.counterweight.train.measure.statistic;

import org.jspecify.annotations.NullMarked;
