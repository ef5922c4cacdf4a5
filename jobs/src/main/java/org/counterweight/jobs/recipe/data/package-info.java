/**
 * The rows of a recipe, by what they are: {@link org.counterweight.jobs.recipe.data.DataConfig}. A new kind is a record of
 * settings and a line in {@link org.counterweight.jobs.recipe.data.DataKind}.
 */
@NullMarked
package org.counterweight.jobs.recipe.data;

import org.jspecify.annotations.NullMarked;
