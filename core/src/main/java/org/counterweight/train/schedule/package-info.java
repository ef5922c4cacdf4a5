/**
 * Learning-rate schedules. Start at {@link org.counterweight.train.schedule.Schedule}; a new shape is a record of
 * settings and a line in {@link org.counterweight.train.schedule.Schedules}.
 */
@NullMarked
package org.counterweight.train.schedule;

import org.jspecify.annotations.NullMarked;
