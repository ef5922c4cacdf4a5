/** Directories of SORSA's own package. Start at {@link org.counterweight.formats.sorsa.SorsaPackage}. */
@NullMarked
package org.counterweight.formats.sorsa;

import org.jspecify.annotations.NullMarked;
