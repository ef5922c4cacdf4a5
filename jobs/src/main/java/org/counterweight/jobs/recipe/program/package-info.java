/** Recipes of whole programs: what else they say beside, or in place of, the sections of a training run. */
@NullMarked
package org.counterweight.jobs.recipe.program;

import org.jspecify.annotations.NullMarked;
