/**
 * The test that is simulated: two rankings whose models keep learning from what is shown, period by period. Start at
 * {@link org.counterweight.shift.abtest.loop.LoopTrial}.
 */
@NullMarked
package org.counterweight.shift.abtest.loop;

import org.jspecify.annotations.NullMarked;
