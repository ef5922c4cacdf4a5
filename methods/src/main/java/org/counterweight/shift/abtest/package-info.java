/**
 * A/B tests whose arms share models that keep learning from what the test itself produces: each record is weighted by how
 * likely it is in a world with one arm only. Start at {@link org.counterweight.shift.abtest.ArmWeights}.
 *
 * <p>N. Si, "Tackling Interference Induced by Data Training Loops in A/B Tests: A Weighted Training Approach", 2023.
 */
@NullMarked
package org.counterweight.shift.abtest;

import org.jspecify.annotations.NullMarked;
