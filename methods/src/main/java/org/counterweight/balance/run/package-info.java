/**
 * Weight Balancing as a part of a run: what is added to the training of a classifier, and what follows it. Start at
 * {@link org.counterweight.balance.run.BalanceConfig}.
 */
@NullMarked
package org.counterweight.balance.run;

import org.jspecify.annotations.NullMarked;
