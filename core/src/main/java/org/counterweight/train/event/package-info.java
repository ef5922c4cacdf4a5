/**
 * What acts inside a run, and when: {@link org.counterweight.train.event.TrainingEvents} are called in turn, and
 * {@link org.counterweight.train.event.Moment} tells them where the run stands.
 */
@NullMarked
package org.counterweight.train.event;

import org.jspecify.annotations.NullMarked;
