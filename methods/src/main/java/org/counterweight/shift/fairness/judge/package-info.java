/**
 * How a classifier under training treats two groups: the cells of its rows, and what is reported of them with their numbers and
 * intervals. Start at {@link org.counterweight.shift.fairness.judge.FairRows}.
 */
@NullMarked
package org.counterweight.shift.fairness.judge;

import org.jspecify.annotations.NullMarked;
