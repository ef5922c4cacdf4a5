/**
 * Rows get a number each: the verb {@link org.counterweight.train.weigh.Weigher}, what it is shown
 * ({@link org.counterweight.train.weigh.Rows}), and its settings as they stand in a recipe.
 */
@NullMarked
package org.counterweight.train.weigh;

import org.jspecify.annotations.NullMarked;
