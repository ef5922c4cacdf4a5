/** Updates of a model in production in small: backward-compatible weight interpolation and what it is compared with. */
@NullMarked
package org.counterweight.studies.update;

import org.jspecify.annotations.NullMarked;
