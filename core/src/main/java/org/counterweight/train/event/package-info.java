/**
 * What happens inside a run, and when: {@link org.counterweight.train.event.TrainingEvents} take their turn,
 * {@link org.counterweight.train.event.Moment} tells them where the run stands.
 */
@NullMarked
package org.counterweight.train.event;

import org.jspecify.annotations.NullMarked;
