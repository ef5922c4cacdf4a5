/**
 * {@code cw weigh}: rows of tables get weights before a model is trained. Start at
 * {@link org.counterweight.jobs.weigh.WeighJob}; {@link org.counterweight.jobs.weigh.WeighRecipe} is what can be asked.
 */
@NullMarked
package org.counterweight.jobs.weigh;

import org.jspecify.annotations.NullMarked;
