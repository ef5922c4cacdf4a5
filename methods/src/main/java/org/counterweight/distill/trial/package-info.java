/**
 * The value of a distilled set: {@link org.counterweight.distill.trial.Trial} trains fresh networks on it alone and
 * evaluates them on real images.
 */
@NullMarked
package org.counterweight.distill.trial;

import org.jspecify.annotations.NullMarked;
