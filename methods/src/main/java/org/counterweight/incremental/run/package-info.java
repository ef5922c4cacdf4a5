/**
 * Classes added to a classifier, step by step: what is learnt in one step ({@link org.counterweight.incremental.run.GrowthStep}),
 * what is kept of old classes ({@link org.counterweight.incremental.run.ExemplarPicks}), and a whole sequence of tasks
 * ({@link org.counterweight.incremental.run.TaskSequence}). Settings are
 * {@link org.counterweight.incremental.run.GrowConfig}'s.
 */
@NullMarked
package org.counterweight.incremental.run;

import org.jspecify.annotations.NullMarked;
