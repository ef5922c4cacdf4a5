/**
 * What the first stage minimises: cross entropy, or a loss that makes up for rare classes. Start at
 * {@link org.counterweight.balance.loss.FirstLoss}; a new one is a record of settings and a line in
 * {@link org.counterweight.balance.loss.FirstLosses}.
 */
@NullMarked
package org.counterweight.balance.loss;

import org.jspecify.annotations.NullMarked;
