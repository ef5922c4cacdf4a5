/**
 * Adding classes to a classifier in one step ({@link org.counterweight.incremental.run.GrowthStep}), and which rows of
 * old ones are kept ({@link org.counterweight.incremental.run.ExemplarPicks}).
 * {@link org.counterweight.incremental.run.GrowConfig} has the settings.
 */
@NullMarked
package org.counterweight.incremental.run;

import org.jspecify.annotations.NullMarked;
