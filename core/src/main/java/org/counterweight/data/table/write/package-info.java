/** Tables that are written, in the usual form of each kind. */
@NullMarked
package org.counterweight.data.table.write;

import org.jspecify.annotations.NullMarked;
