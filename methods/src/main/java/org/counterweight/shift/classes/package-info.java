/** Rows weighed by their class, so that rare classes count as much as frequent ones. */
@NullMarked
package org.counterweight.shift.classes;

import org.jspecify.annotations.NullMarked;
