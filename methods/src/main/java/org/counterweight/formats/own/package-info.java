/** A directory for every adapter of the catalogue. Start at {@link org.counterweight.formats.own.OwnFormat}. */
@NullMarked
package org.counterweight.formats.own;

import org.jspecify.annotations.NullMarked;
