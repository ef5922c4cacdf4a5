/** Writers of tables, in the usual form of each format. */
@NullMarked
package org.counterweight.data.table.write;

import org.jspecify.annotations.NullMarked;
