/**
 * What the program does for its user, without a command line: training, predicting, merging, updating, weighing. Each
 * has a package; what they share is here: where results may go, how far the work is, and what happens when it is asked
 * to end.
 *
 * <p>Start at {@link org.counterweight.jobs.train.RunJob}: from a recipe to a run's directory.
 */
@NullMarked
package org.counterweight.jobs;

import org.jspecify.annotations.NullMarked;
