package org.counterweight.guide.learn;

import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.guide.sample.Ddim;
import org.counterweight.guide.sample.Ddpm;
import org.counterweight.guide.sample.DpmSolver;
import org.counterweight.guide.sample.EdmHeun;
import org.counterweight.guide.sample.FlowEuler;
import org.counterweight.guide.sample.NoiseSchedule;
import org.counterweight.guide.sample.Sampler;
import org.counterweight.guide.shape.Grid;

/** Samplers by the words of a user, over the times of a trained network. Each goes with each network. */
public enum SamplerName {
    DDIM {
        @Override
        public Sampler sampler(DiffusionConfig config, int steps, Seed seed, long... shape) {
            return new Ddim(config.schedule(), timesteps(steps));
        }
    },
    DDPM {
        @Override
        public Sampler sampler(DiffusionConfig config, int steps, Seed seed, long... shape) {
            long[] all = new long[shape.length + 1];
            all[0] = steps;
            System.arraycopy(shape, 0, all, 1, shape.length);
            Tensor noise = Tensors.zeros(all).normal_(0, 1, Tensors.optional(seed.generator()));
            return new Ddpm(config.schedule(), timesteps(steps), noise);
        }
    },
    DPM {
        @Override
        public Sampler sampler(DiffusionConfig config, int steps, Seed seed, long... shape) {
            return new DpmSolver(config.schedule(), timesteps(steps));
        }
    },
    EDM {
        @Override
        public Sampler sampler(DiffusionConfig config, int steps, Seed seed, long... shape) {
            return EdmHeun.of(steps, LEAST, GREATEST, RHO);
        }

        @Override
        public double first() {
            return GREATEST;
        }

        @Override
        public Grid grid(DiffusionConfig config, int steps) {
            return Grid.left(steps)
                    .withLevels(EdmHeun.of(steps, LEAST, GREATEST, RHO).sigmas());
        }
    },
    FLOW {
        @Override
        public Sampler sampler(DiffusionConfig config, int steps, Seed seed, long... shape) {
            return new FlowEuler(IntStream.rangeClosed(0, steps)
                    .mapToDouble(i -> 1 - (double) i / steps)
                    .toArray());
        }

        @Override
        public Grid grid(DiffusionConfig config, int steps) {
            double[] times = IntStream.range(0, steps)
                    .mapToDouble(i -> 1 - (double) i / steps)
                    .toArray();
            double[] levels = IntStream.range(0, steps)
                    .mapToDouble(i -> i == 0 ? Double.MAX_VALUE : times[i] / (1 - times[i]))
                    .toArray();
            return Grid.given(times).withLevels(levels);
        }
    };

    private static final int TRAINING = 1000;
    private static final double LEAST = 0.002; // of T. Karras et al., table 1
    private static final double GREATEST = 80;
    private static final double RHO = 7;

    /** What a network of that kind is drawn from by default. */
    public static SamplerName usual(Told told) {
        return told == Told.FLOW ? FLOW : DDIM;
    }

    /**
     * A sampler of so many steps.
     *
     * @param seed of what it draws itself
     * @param shape of the rows
     */
    public abstract Sampler sampler(DiffusionConfig config, int steps, Seed seed, long... shape);

    /** What unit noise is multiplied by to begin from. */
    public double first() {
        return 1;
    }

    /** The times of its steps: timesteps over those of training, sigma of a flow, or even ones. */
    public Grid grid(DiffusionConfig config, int steps) {
        NoiseSchedule schedule = config.schedule();
        long[] timesteps = timesteps(steps);
        return Grid.timesteps(timesteps, TRAINING).withLevels(schedule.levels(timesteps));
    }

    /** From the noisiest timestep down to one a step away from data. */
    private static long[] timesteps(int steps) {
        if (steps < 1 || steps > TRAINING) {
            throw new ConfigException(
                    "--steps", steps, "an integer from 1 to " + TRAINING + ", the timesteps of training");
        }
        long[] timesteps = new long[steps];
        for (int i = 0; i < steps; i++) {
            timesteps[i] = TRAINING - 1 - (long) i * (TRAINING / steps);
        }
        return timesteps;
    }
}
