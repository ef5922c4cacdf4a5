package org.counterweight.guide.sample;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.jspecify.annotations.Nullable;

/**
 * DPM-Solver++ of second order, multistep: C. Lu et al., "DPM-Solver++: Fast Solver for Guided Sampling of Diffusion
 * Probabilistic Models", 2022, algorithm 2. What it remembers of the step before is the guided prediction. The first step and
 * the last, to data without noise, are of first order. One for a trajectory at a time.
 */
public final class DpmSolver implements Sampler {
    private final NoiseSchedule schedule;
    private final long[] timesteps;
    private @Nullable Tensor before;
    private double lambdaBefore;

    /** @param timesteps of training, descending */
    public DpmSolver(NoiseSchedule schedule, long... timesteps) {
        this.schedule = schedule;
        this.timesteps = timesteps.clone();
    }

    @Override
    public int steps() {
        return timesteps.length;
    }

    @Override
    public void begin() {
        before = null;
    }

    @Override
    public Tensor step(Guided model, Tensor x, double[] weights, int step) {
        Noise level = schedule.level(timesteps, step);
        Noise next = schedule.level(timesteps, step + 1);
        Tensor clean = Steps.clean(x, model.noise(x, level, weights[step], step), level);
        double lambda = -Math.log(level.sigma());
        if (next.b() == 0) {
            return Tensors.times(clean, next.a());
        }
        double h = -Math.log(next.sigma()) - lambda;
        Tensor last = before;
        Tensor direction =
                last == null ? clean : Tensors.add(clean, clean.sub(last), h / (2 * (lambda - lambdaBefore)));
        before = clean;
        lambdaBefore = lambda;
        return Tensors.add(Tensors.times(x, next.b() / level.b()), direction, -next.a() * Math.expm1(-h));
    }
}
