/**
 * A row of a table: its cells, the columns that are wanted, the form it is written in, and what becomes of rows that cannot be used.
 */
@NullMarked
package org.counterweight.data.table.row;

import org.jspecify.annotations.NullMarked;
