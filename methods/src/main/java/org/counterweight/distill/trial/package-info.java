/**
 * What a distilled set is worth: {@link org.counterweight.distill.trial.Trial} trains fresh networks on it alone and judges them
 * by real images.
 */
@NullMarked
package org.counterweight.distill.trial;

import org.jspecify.annotations.NullMarked;
