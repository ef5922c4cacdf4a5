/** Real images as distillation sees them: all in one tensor, normalised, and by class. */
@NullMarked
package org.counterweight.distill.real;

import org.jspecify.annotations.NullMarked;
