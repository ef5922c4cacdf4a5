/**
 * Double-weighting of two tables, with the classifier that goes with it where there are classes. Start at
 * {@link org.counterweight.shift.doubleweighting.table.DoubleWeighting}.
 */
@NullMarked
package org.counterweight.shift.doubleweighting.table;

import org.jspecify.annotations.NullMarked;
