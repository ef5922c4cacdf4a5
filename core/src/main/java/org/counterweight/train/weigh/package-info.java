/**
 * Weights of rows in training: the verb {@link org.counterweight.train.weigh.Weigher}, what it sees
 * ({@link org.counterweight.train.weigh.Rows}), and its settings as they stand in a recipe.
 */
@NullMarked
package org.counterweight.train.weigh;

import org.jspecify.annotations.NullMarked;
