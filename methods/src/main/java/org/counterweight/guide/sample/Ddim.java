package org.counterweight.guide.sample;

import org.bytedeco.pytorch.Tensor;

/**
 * The deterministic sampler of variance-preserving models: J. Song, C. Meng and S. Ermon, "Denoising Diffusion Implicit
 * Models", ICLR 2021, with eta 0.
 *
 * @param timesteps of training, descending
 */
public record Ddim(NoiseSchedule schedule, long... timesteps) implements Sampler {
    @Override
    public int steps() {
        return timesteps.length;
    }

    @Override
    public Tensor step(Guided model, Tensor x, double[] weights, int step) {
        Noise level = schedule.level(timesteps, step);
        Tensor noise = model.noise(x, level, weights[step], step);
        return Steps.noisy(Steps.clean(x, noise, level), noise, schedule.level(timesteps, step + 1));
    }
}
