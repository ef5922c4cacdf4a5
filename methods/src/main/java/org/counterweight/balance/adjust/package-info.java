/**
 * Logit adjustment in a run: how much of it serves best on rows held out. Start at
 * {@link org.counterweight.balance.adjust.AdjustConfig}.
 */
@NullMarked
package org.counterweight.balance.adjust;

import org.jspecify.annotations.NullMarked;
