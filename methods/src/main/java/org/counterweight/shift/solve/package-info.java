/**
 * Convex programmes: {@link org.counterweight.shift.solve.Programme} says what is minimised and how its Newton steps are
 * solved, {@link org.counterweight.shift.solve.InteriorPoint} does the rest. The programmes themselves stand beside their
 * methods. A general solver would be handed a dense matrix for each of them; here each is solved by its own structure.
 */
@NullMarked
package org.counterweight.shift.solve;

import org.jspecify.annotations.NullMarked;
