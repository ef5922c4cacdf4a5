/** Recipes of whole programs: what a training run has, and a section for what is done with several of them. */
@NullMarked
package org.counterweight.jobs.recipe.program;

import org.jspecify.annotations.NullMarked;
