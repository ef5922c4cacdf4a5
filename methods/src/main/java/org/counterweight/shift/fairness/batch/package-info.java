/**
 * FairBatch: batches with shares of the cells that follow the present losses. Start at
 * {@link org.counterweight.shift.fairness.batch.FairTraining}.
 */
@NullMarked
package org.counterweight.shift.fairness.batch;

import org.jspecify.annotations.NullMarked;
