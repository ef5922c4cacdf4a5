/**
 * Tables in files, whose format is detected and reported, or given. Start at
 * {@link org.counterweight.data.table.Table}; {@link org.counterweight.data.table.row.TableFormat} holds what can be
 * given.
 */
@NullMarked
package org.counterweight.data.table;

import org.jspecify.annotations.NullMarked;
