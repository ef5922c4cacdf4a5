/**
 * Weights averaged over the steps of a run, which are judged and handed over in the place of the last:
 * {@link org.counterweight.train.average.RunningAverage}. A new one is a record of settings and a line in
 * {@link org.counterweight.train.average.Averages}.
 */
@NullMarked
package org.counterweight.train.average;

import org.jspecify.annotations.NullMarked;
