/** Dynamic loss-based reweighting. Start at {@link org.counterweight.reweigh.loss.LossReweighting}. */
@NullMarked
package org.counterweight.reweigh.loss;

import org.jspecify.annotations.NullMarked;
