/** What DaWin is compared with: AdaMerging, and coefficients drawn at random. */
@NullMarked
package org.counterweight.merge.dynamic.baseline;

import org.jspecify.annotations.NullMarked;
