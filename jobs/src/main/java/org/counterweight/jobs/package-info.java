/**
 * What {@code cw run} does with a recipe: rows, model, adapter, baseline, training, files, report.
 *
 * <p>Start at {@link org.counterweight.jobs.train.TextJob}, which reads as that list does.
 */
@NullMarked
package org.counterweight.jobs;

import org.jspecify.annotations.NullMarked;
