package org.counterweight.guide.sample;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;

/**
 * The stochastic sampler of variance-preserving models, with the smaller of its two variances: J. Ho, A. Jain and P. Abbeel,
 * "Denoising Diffusion Probabilistic Models", NeurIPS 2020, equations 6, 7 and 11.
 *
 * @param timesteps of training, descending
 * @param noise what is added at each step, {@code [steps, rows, ...]}; at timestep 0 nothing is
 */
public record Ddpm(NoiseSchedule schedule, long[] timesteps, Tensor noise) implements Sampler {
    private static final double LEAST_VARIANCE = 1e-20;

    @Override
    public int steps() {
        return timesteps.length;
    }

    @Override
    public Tensor step(Guided model, Tensor x, double[] weights, int step) {
        double abar = schedule.abar(timesteps[step]);
        double next = step + 1 < timesteps.length ? schedule.abar(timesteps[step + 1]) : 1;
        double alpha = abar / next;
        double beta = 1 - alpha;
        Noise level = Noise.preserving(abar);
        Tensor clean = Steps.clean(x, model.noise(x, level, weights[step], step), level);
        Tensor mean = Tensors.add(
                Tensors.times(clean, Math.sqrt(next) * beta / (1 - abar)),
                x,
                Math.sqrt(alpha) * (1 - next) / (1 - abar));
        if (timesteps[step] == 0) {
            return mean;
        }
        double variance = Math.max(beta * (1 - next) / (1 - abar), LEAST_VARIANCE);
        return Tensors.add(mean, noise.select(0, step), Math.sqrt(variance));
    }
}
