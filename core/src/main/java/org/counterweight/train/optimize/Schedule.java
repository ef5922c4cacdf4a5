package org.counterweight.train.optimize;

import org.counterweight.config.ConfigException;

/**
 * The factor on the learning rate at each step: a linear rise during the warm-up, then the shape. Factors are those of
 * Hugging Face's schedulers, so the first step of a warm-up has factor 0.
 *
 * @param warmup steps of the warm-up
 * @param total steps of the whole run
 */
public record Schedule(Shape shape, long warmup, long total) {
    /** What follows the warm-up. */
    public enum Shape {
        /** 1 throughout. */
        CONSTANT,
        /** Down to 0 along a straight line. */
        LINEAR,
        /** Down to 0 along half a cosine. */
        COSINE
    }

    public Schedule {
        if (warmup < 0 || total < 1) {
            throw new ConfigException("a schedule of " + total + " steps with " + warmup
                    + " of warm-up; expected total ≥ 1, warm-up ≥ 0");
        }
    }

    /**
     * Resolves a warm-up as users write it.
     *
     * @param warmup below 1 a share of all steps, else a number of steps
     */
    public static Schedule of(Shape shape, double warmup, long total) {
        return new Schedule(shape, warmup < 1 ? Math.round(warmup * total) : Math.round(warmup), total);
    }

    /**
     * The factor of the step before which {@code step} steps were taken.
     *
     * @return in [0, 1]
     */
    public double factor(long step) {
        if (step < warmup) {
            return (double) step / warmup;
        }
        double progress = Math.min(1, (double) (step - warmup) / Math.max(1, total - warmup));
        return switch (shape) {
            case CONSTANT -> 1;
            case LINEAR -> 1 - progress;
            case COSINE -> 0.5 * (1 + Math.cos(Math.PI * progress));
        };
    }
}
