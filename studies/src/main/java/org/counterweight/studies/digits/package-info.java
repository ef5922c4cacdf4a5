/** Handwritten digits as samples, and their corruptions. */
@NullMarked
package org.counterweight.studies.digits;

import org.jspecify.annotations.NullMarked;
