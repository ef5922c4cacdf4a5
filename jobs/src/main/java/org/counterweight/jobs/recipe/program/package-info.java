/** Recipes of whole programs: the sections of a training run, and one for what is done with several runs. */
@NullMarked
package org.counterweight.jobs.recipe.program;

import org.jspecify.annotations.NullMarked;
