/**
 * Classes added to a classifier in one step ({@link org.counterweight.incremental.run.GrowthStep}), and what is kept of old ones
 * ({@link org.counterweight.incremental.run.ExemplarPicks}). Settings are {@link org.counterweight.incremental.run.GrowConfig}'s.
 */
@NullMarked
package org.counterweight.incremental.run;

import org.jspecify.annotations.NullMarked;
