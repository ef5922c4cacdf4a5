/** How far figures of rows held out can be trusted: how they would vary on other rows, and whether probabilities mean it. */
@NullMarked
package org.counterweight.train.measure.uncertainty;

import org.jspecify.annotations.NullMarked;
