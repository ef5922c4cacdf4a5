/**
 * Settings files of other people's code, read as recipes: start at
 * {@link org.counterweight.jobs.recipe.foreign.ForeignSettings}.
 */
@NullMarked
package org.counterweight.jobs.recipe.foreign;

import org.jspecify.annotations.NullMarked;
