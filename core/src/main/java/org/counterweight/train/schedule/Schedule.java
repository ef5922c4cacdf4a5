package org.counterweight.train.schedule;

import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * How the learning rate goes on after the warm-up: a factor on it at each step. In a recipe {@code train.schedule}, by the
 * names that {@link Schedules} lists.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "shape")
public interface Schedule {
    /** The factor of a step after the warm-up, not negative. */
    double factor(Point at);

    /**
     * Where in a run a step lies.
     *
     * @param step the number of steps taken before it
     * @param epoch counted from 0
     * @param warmup steps of the warm-up
     * @param steps steps of the whole run
     */
    record Point(long step, int epoch, long warmup, long steps) {
        /** How much of the way from the end of the warm-up to that of the run lies behind it, in [0, 1]. */
        public double progress() {
            return Math.min(1, (double) (step - warmup) / Math.max(1, steps - warmup));
        }
    }
}
