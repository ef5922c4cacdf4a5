/**
 * From probabilities to answers: {@link org.counterweight.jobs.predict.decide.Thresholds} are the probabilities from
 * which a class is predicted.
 */
@NullMarked
package org.counterweight.jobs.predict.decide;

import org.jspecify.annotations.NullMarked;
