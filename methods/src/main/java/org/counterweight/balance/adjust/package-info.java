/**
 * Logit adjustment in a run: how strong it should be, chosen on held-out rows. Start at
 * {@link org.counterweight.balance.adjust.AdjustConfig}.
 */
@NullMarked
package org.counterweight.balance.adjust;

import org.jspecify.annotations.NullMarked;
