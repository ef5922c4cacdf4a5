/**
 * A row of a table: its cells, the columns that are asked for, the format it is written in, and what happens to rows
 * that cannot be used.
 */
@NullMarked
package org.counterweight.data.table.row;

import org.jspecify.annotations.NullMarked;
