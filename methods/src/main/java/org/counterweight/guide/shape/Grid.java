package org.counterweight.guide.shape;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import org.counterweight.config.ConfigException;
import org.jspecify.annotations.Nullable;

/** The times of a sampler's steps, each as u: 1 is noise, where it begins, and 0 is data. */
public final class Grid {
    /** So far outside 0 to 1 a time may lie by rounding; it is taken for the bound. */
    private static final double ROUNDING = 1e-6;

    private final double[] u;
    private final double @Nullable [] timesteps;
    private final double @Nullable [] levels;

    private Grid(double[] u, double @Nullable [] timesteps, double @Nullable [] levels) {
        this.u = u;
        this.timesteps = timesteps;
        this.levels = levels;
    }

    /**
     * A step of a sampler.
     *
     * @param index from 0, the first
     * @param steps how many there are
     * @param timestep of training; NaN where the sampler has none
     * @param level its level of noise; NaN where none is known
     */
    public record Point(int index, int steps, double u, double timestep, double level) {
        Point at(double other) {
            return new Point(index, steps, other, timestep, level);
        }
    }

    /** {@code 1 - i/N}: the first step at noise, the last one short of data. */
    public static Grid left(int steps) {
        return of(steps, i -> 1 - (double) i / steps);
    }

    /** {@code 1 - (i + 1/2)/N}: the mean of shapes over the steps is that over all times. */
    public static Grid mid(int steps) {
        return of(steps, i -> 1 - (i + 0.5) / steps);
    }

    /** {@code 1 - (i + 1)/N}. */
    public static Grid right(int steps) {
        return of(steps, i -> 1 - (i + 1.0) / steps);
    }

    /** {@code 1 - i/(N - 1)}: from noise to data; one step is at noise. */
    public static Grid inclusive(int steps) {
        return of(steps, i -> steps == 1 ? 1 : 1 - (double) i / (steps - 1));
    }

    /**
     * {@code t_i / T}.
     *
     * @param timesteps of training, as the sampler takes them
     * @param training their number, T
     */
    public static Grid timesteps(long[] timesteps, int training) {
        if (training < 1) {
            throw new ConfigException("the number of training timesteps", training, "an integer of at least 1");
        }
        Grid grid = of(timesteps.length, i -> (double) timesteps[i] / training);
        return new Grid(grid.u, Arrays.stream(timesteps).asDoubleStream().toArray(), null);
    }

    /** As given: of a flow, u is sigma. */
    public static Grid given(double... u) {
        return of(u.length, i -> u[i]);
    }

    private static Grid of(int steps, IntToDoubleFunction time) {
        if (steps < 1) {
            throw new ConfigException("steps", steps, "an integer of at least 1");
        }
        double[] u = new double[steps];
        Arrays.setAll(u, i -> inside(time.applyAsDouble(i), i));
        return new Grid(u, null, null);
    }

    private static double inside(double u, int step) {
        if (!(u >= -ROUNDING && u <= 1 + ROUNDING)) {
            throw new ConfigException("the time of step " + step, u, "a number from 0 (data) to 1 (noise)");
        }
        return Math.max(0, Math.min(1, u));
    }

    /** The same with the level of noise of each step. */
    public Grid withLevels(double... ofSteps) {
        if (ofSteps.length != u.length) {
            throw new ConfigException("there are " + ofSteps.length + " levels of noise for " + u.length + " steps");
        }
        return new Grid(u, timesteps, ofSteps.clone());
    }

    public int steps() {
        return u.length;
    }

    /** The step of that number. */
    public Point point(int i) {
        return new Point(
                i,
                u.length,
                u[i],
                timesteps == null ? Double.NaN : timesteps[i],
                levels == null ? Double.NaN : levels[i]);
    }
}
