/**
 * How far figures of held-out rows can be trusted: how they would vary on other rows, and whether probabilities are
 * calibrated.
 */
@NullMarked
package org.counterweight.train.measure.uncertainty;

import org.jspecify.annotations.NullMarked;
