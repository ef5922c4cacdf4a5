package org.counterweight.jobs.guide;

import java.util.function.IntFunction;
import java.util.stream.LongStream;
import org.counterweight.config.ConfigException;
import org.counterweight.guide.sample.NoiseSchedule;
import org.counterweight.guide.shape.Grid;

/** The times of a sampler's steps by the words of a user. */
public enum GridName {
    LEFT(Grid::left),
    MID(Grid::mid),
    RIGHT(Grid::right),
    INCLUSIVE(Grid::inclusive),
    /** Evenly over the timesteps that Stable Diffusion is trained on, with its noise: the levels of intervals. */
    TIMESTEPS(GridName::ofStableDiffusion);

    private static final int TRAINING = 1000;

    /** More than any sampler takes; each step becomes a line. */
    private static final int MOST = 100_000;

    private final IntFunction<Grid> grid;

    GridName(IntFunction<Grid> grid) {
        this.grid = grid;
    }

    public Grid grid(int steps) {
        if (steps > MOST) {
            throw new ConfigException("--steps", steps, "an integer from 1 to " + MOST);
        }
        return grid.apply(steps);
    }

    private static Grid ofStableDiffusion(int steps) {
        return timesteps(NoiseSchedule.of(NoiseSchedule.Betas.SCALED_LINEAR, TRAINING, 0.00085, 0.012, 1), steps);
    }

    /** Evenly over the timesteps of a network's training, with their levels of noise. */
    public static Grid timesteps(NoiseSchedule noise, int steps) {
        int training = noise.timesteps();
        if (steps < 1 || steps > training) {
            throw new ConfigException(
                    "--steps", steps, "an integer from 1 to " + training + ", the timesteps of training");
        }
        long apart = training / steps;
        long[] timesteps =
                LongStream.range(0, steps).map(i -> (steps - 1 - i) * apart).toArray();
        return Grid.timesteps(timesteps, training).withLevels(noise.levels(timesteps));
    }
}
