/**
 * Fairness as a term of the loss: the squared gap between the groups, of probabilities in place of decisions. Start at
 * {@link org.counterweight.shift.fairness.penalty.FairPenaltyConfig}.
 */
@NullMarked
package org.counterweight.shift.fairness.penalty;

import org.jspecify.annotations.NullMarked;
