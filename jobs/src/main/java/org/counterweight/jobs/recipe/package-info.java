/**
 * Recipes: what to train, on what, how, and where the result goes, as records that are checked before anything is done.
 *
 * <p>Start at {@link org.counterweight.jobs.recipe.Recipe}. The sections {@code adapter} and {@code weigh} are settings of
 * whatever method they name, so a method that enters the catalogue can be used in recipes.
 */
@NullMarked
package org.counterweight.jobs.recipe;

import org.jspecify.annotations.NullMarked;
