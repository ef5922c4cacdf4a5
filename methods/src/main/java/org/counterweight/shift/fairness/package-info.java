/**
 * Fair training where labels and groups are correlated otherwise than they will be: the shares of the four cells of label and
 * group are moved to the deployment's correlation, then a fair algorithm trains on what is left. Start at
 * {@link org.counterweight.shift.fairness.CellRatio}.
 *
 * <p>Y. Roh, K. Lee, S. E. Whang and C. Suh, "Improving Fair Training under Correlation Shifts", ICML 2023. Cells come in the
 * order (y, z) = (1, 1), (1, 0), (−1, 1), (−1, 0) everywhere.
 */
@NullMarked
package org.counterweight.shift.fairness;

import org.jspecify.annotations.NullMarked;
