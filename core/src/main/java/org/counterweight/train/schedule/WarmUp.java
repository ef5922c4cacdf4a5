package org.counterweight.train.schedule;

import org.counterweight.config.ConfigException;
import org.counterweight.train.schedule.Schedule.Point;

/**
 * The factor on the learning rate at each step of a run: a linear rise, then the schedule. Factors are those of Hugging
 * Face's schedulers, so the first step of a warm-up has factor 0.
 *
 * @param warmup steps of the warm-up
 * @param steps of the whole run
 */
public record WarmUp(Schedule schedule, long warmup, long steps) {
    public WarmUp {
        if (warmup < 0 || steps < 1) {
            throw new ConfigException("a schedule of " + steps + " steps with " + warmup
                    + " of warm-up; expected steps ≥ 1, warm-up ≥ 0");
        }
    }

    /**
     * Resolves a warm-up as users write it.
     *
     * @param warmup below 1 a share of all steps, else a number of steps
     */
    public static WarmUp of(Schedule schedule, double warmup, long steps) {
        return new WarmUp(schedule, warmup < 1 ? Math.round(warmup * steps) : Math.round(warmup), steps);
    }

    /** The factor of the step before which {@code step} steps were taken, in that epoch. */
    public double factor(long step, int epoch) {
        return step < warmup ? (double) step / warmup : schedule.factor(new Point(step, epoch, warmup, steps));
    }
}
