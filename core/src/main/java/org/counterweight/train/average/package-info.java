/**
 * Averages of a run's weights over its steps, which are evaluated and handed over in place of the last weights:
 * {@link org.counterweight.train.average.RunningAverage}. A new one is a record of settings and a line in
 * {@link org.counterweight.train.average.Averages}.
 */
@NullMarked
package org.counterweight.train.average;

import org.jspecify.annotations.NullMarked;
