/** Data sets: rows of text, tables and images become seeded, shuffled {@link org.counterweight.model.Batch batches}. */
@NullMarked
package org.counterweight.data;

import org.jspecify.annotations.NullMarked;
