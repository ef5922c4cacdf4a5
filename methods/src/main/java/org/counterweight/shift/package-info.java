/**
 * Rows of whole tables get weights before a model is trained, because the rows at hand are not those that the model will meet:
 * {@link org.counterweight.shift.TableWeigher}. What is a sum over rows is one of {@link org.counterweight.shift.Sums}, so that
 * a table may be divided in any way.
 */
@NullMarked
package org.counterweight.shift;

import org.jspecify.annotations.NullMarked;
