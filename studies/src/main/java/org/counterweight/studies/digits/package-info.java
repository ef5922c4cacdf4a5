/** Handwritten digits as samples, and what corrupts them. */
@NullMarked
package org.counterweight.studies.digits;

import org.jspecify.annotations.NullMarked;
