/**
 * Tables as they are: files with rows, of which the form is found out and said, or given. Start at
 * {@link org.counterweight.data.table.Table}; {@link org.counterweight.data.table.row.TableFormat} holds what can be said.
 */
@NullMarked
package org.counterweight.data.table;

import org.jspecify.annotations.NullMarked;
