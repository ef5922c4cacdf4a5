/**
 * Fair classifiers of a table, each algorithm in its own form, and what accuracy each degree of fairness costs. Start at
 * {@link org.counterweight.shift.fairness.frontier.FairTrainingConfig}.
 */
@NullMarked
package org.counterweight.shift.fairness.frontier;

import org.jspecify.annotations.NullMarked;
