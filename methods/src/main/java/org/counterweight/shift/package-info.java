/**
 * Rows of whole tables get weights before a model is trained, because the rows at hand are not those that the model will meet.
 * {@link org.counterweight.shift.EffectiveSize} says how much such weights leave of the data.
 */
@NullMarked
package org.counterweight.shift;

import org.jspecify.annotations.NullMarked;
