/** From probabilities to answers: {@link org.counterweight.jobs.predict.decide.Thresholds} say from where on a class is told. */
@NullMarked
package org.counterweight.jobs.predict.decide;

import org.jspecify.annotations.NullMarked;
