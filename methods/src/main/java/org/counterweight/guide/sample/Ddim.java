package org.counterweight.guide.sample;

import org.bytedeco.pytorch.Tensor;

/**
 * The deterministic sampler of variance-preserving models: J. Song, C. Meng and S. Ermon, "Denoising Diffusion Implicit
 * Models", ICLR 2021, with eta 0.
 *
 * @param timesteps of training, descending
 * @param renoise with which noise a step goes back to the next level
 */
public record Ddim(NoiseSchedule schedule, long[] timesteps, Renoise renoise) implements Sampler {
    /** Which prediction takes a clean row to the next level of noise. */
    public enum Renoise {
        /** The guided one, as any sampler does. */
        GUIDED,
        /** The unconditional one: H. Chung et al., "CFG++", ICLR 2025; the weight is then a share from 0 to 1 in scale. */
        UNCONDITIONAL
    }

    public Ddim(NoiseSchedule schedule, long... timesteps) {
        this(schedule, timesteps, Renoise.GUIDED);
    }

    @Override
    public int steps() {
        return timesteps.length;
    }

    @Override
    public Tensor step(Guided model, Tensor x, double weight, int step) {
        Noise level = Noise.preserving(schedule.abar(timesteps[step]));
        Noise next = Noise.preserving(schedule.abar(step + 1 < timesteps.length ? timesteps[step + 1] : -1));
        Tensor noise = model.noise(x, level, weight, step);
        Tensor again = renoise == Renoise.GUIDED ? noise : model.unconditionalNoise(x, level);
        return Steps.noisy(Steps.clean(x, noise, level), again, next);
    }
}
