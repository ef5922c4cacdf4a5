/** Fisher information: which weights matter. Start at {@link org.counterweight.merge.update.fisher.DiagonalFisher}. */
@NullMarked
package org.counterweight.merge.update.fisher;

import org.jspecify.annotations.NullMarked;
