package org.counterweight.guide.learn;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.guide.sample.CfgPlusPlus;
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
        Sampler plain(DiffusionConfig config, DrawConfig draw, Seed seed, long... shape) {
            return new Ddim(config.schedule(), timesteps(draw.steps()));
        }

        @Override
        Sampler plusPlus(DiffusionConfig config, int steps) {
            return CfgPlusPlus.preserving(config.schedule(), timesteps(steps));
        }
    },
    DDPM {
        @Override
        Sampler plain(DiffusionConfig config, DrawConfig draw, Seed seed, long... shape) {
            long[] all = new long[shape.length + 1];
            all[0] = draw.steps();
            System.arraycopy(shape, 0, all, 1, shape.length);
            Tensor noise = Tensors.zeros(all).normal_(0, 1, Tensors.optional(seed.generator()));
            return new Ddpm(config.schedule(), timesteps(draw.steps()), noise);
        }
    },
    DPM {
        @Override
        Sampler plain(DiffusionConfig config, DrawConfig draw, Seed seed, long... shape) {
            return new DpmSolver(config.schedule(), timesteps(draw.steps()));
        }
    },
    EDM {
        @Override
        Sampler plain(DiffusionConfig config, DrawConfig draw, Seed seed, long... shape) {
            return new EdmHeun(sigmas(draw.steps()), draw.corrector());
        }

        @Override
        Sampler plusPlus(DiffusionConfig config, int steps) {
            return CfgPlusPlus.exploding(sigmas(steps));
        }

        @Override
        public double first() {
            return GREATEST;
        }

        @Override
        public Grid grid(DiffusionConfig config, int steps) {
            return Grid.left(steps).withLevels(sigmas(steps));
        }

        private static double[] sigmas(int steps) {
            return EdmHeun.levels(steps, LEAST, GREATEST, RHO);
        }
    },
    FLOW {
        @Override
        Sampler plain(DiffusionConfig config, DrawConfig draw, Seed seed, long... shape) {
            return new FlowEuler(times(draw.steps()));
        }

        @Override
        Sampler plusPlus(DiffusionConfig config, int steps) {
            return CfgPlusPlus.straight(times(steps));
        }

        @Override
        public Grid grid(DiffusionConfig config, int steps) {
            double[] times = Arrays.copyOf(times(steps), steps);
            double[] levels = Arrays.stream(times)
                    .map(t -> t == 1 ? Double.MAX_VALUE : t / (1 - t))
                    .toArray();
            return Grid.given(times).withLevels(levels);
        }

        private static double[] times(int steps) {
            return IntStream.rangeClosed(0, steps)
                    .mapToDouble(i -> 1 - (double) i / steps)
                    .toArray();
        }
    };

    private static final int TRAINING = 1000;
    private static final double LEAST = 0.002; // of T. Karras et al., table 1
    private static final double GREATEST = 80;
    private static final double RHO = 7;

    /** What a network of that kind is drawn from by default. */
    public static SamplerName usual(PredictionType type) {
        return type == PredictionType.FLOW ? FLOW : DDIM;
    }

    /**
     * A sampler as settings want it.
     *
     * @param seed of what it draws itself
     * @param shape of the rows
     * @throws ConfigException if it does not go with the rule
     */
    public final Sampler sampler(DiffusionConfig config, DrawConfig draw, Seed seed, long... shape) {
        return draw.rule() == RuleName.CFG_PP ? plusPlus(config, draw.steps()) : plain(config, draw, seed, shape);
    }

    abstract Sampler plain(DiffusionConfig config, DrawConfig draw, Seed seed, long... shape);

    Sampler plusPlus(DiffusionConfig config, int steps) {
        throw new ConfigException("draw.sampler: rule: cfg_pp goes back to the next level of noise by itself, and "
                + name().toLowerCase(Locale.ROOT) + " has its own way there; take the sampler ddim, edm or flow");
    }

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
        long[] timesteps = new long[steps];
        for (int i = 0; i < steps; i++) {
            timesteps[i] = TRAINING - 1 - (long) i * (TRAINING / steps);
        }
        return timesteps;
    }
}
