/**
 * Model Stock: the ratio of a merge from the angle between models, once or while they are trained. Start at
 * {@link org.counterweight.merge.stock.ModelStock}.
 */
@NullMarked
package org.counterweight.merge.stock;

import org.jspecify.annotations.NullMarked;
