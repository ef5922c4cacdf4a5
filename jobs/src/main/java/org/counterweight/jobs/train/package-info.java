/**
 * What {@code cw run} does with a recipe, whatever its task: rows, model, adapter, baseline, training, files, report.
 *
 * <p>Start at {@link org.counterweight.jobs.train.RunJob}, which reads as that list does.
 */
@NullMarked
package org.counterweight.jobs.train;

import org.jspecify.annotations.NullMarked;
