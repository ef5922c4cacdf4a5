package org.counterweight.guide.sample;

import java.util.Arrays;
import org.counterweight.config.ConfigException;

/** The noise of a variance-preserving model at each timestep of its training: {@code abar_t = prod (1 - beta_s)}. */
public final class NoiseSchedule {
    private final double[] abar;
    private final double last;

    /** How the betas rise from the first to the last. */
    public enum Betas {
        /** Evenly. */
        LINEAR,
        /** Their roots evenly, as in Stable Diffusion. */
        SCALED_LINEAR
    }

    private NoiseSchedule(double[] abar, double last) {
        this.abar = abar;
        this.last = last;
    }

    /**
     * The schedule that diffusers computes, in float64.
     *
     * @param last {@code abar} after the last step; 1 for data without noise
     */
    public static NoiseSchedule of(Betas betas, int timesteps, double start, double end, double last) {
        if (timesteps < 1) {
            throw new ConfigException("the number of training timesteps", timesteps, "an integer of at least 1");
        }
        boolean isScaled = betas == Betas.SCALED_LINEAR;
        double from = isScaled ? Math.sqrt(start) : start;
        double to = isScaled ? Math.sqrt(end) : end;
        double[] abar = new double[timesteps];
        double product = 1;
        for (int t = 0; t < timesteps; t++) {
            double beta = timesteps == 1 ? from : from + (to - from) * t / (timesteps - 1);
            product *= 1 - (isScaled ? beta * beta : beta);
            abar[t] = product;
        }
        return new NoiseSchedule(abar, last);
    }

    public int timesteps() {
        return abar.length;
    }

    /** {@code abar} at a timestep; after the last one, below 0, what samples end at. */
    public double abar(long timestep) {
        return timestep < 0 ? last : abar[Math.toIntExact(timestep)];
    }

    /** The noise of a sampler's step; behind the last, what its samples end at. */
    Noise level(long[] timesteps, int step) {
        return Noise.preserving(abar(step < timesteps.length ? timesteps[step] : -1));
    }

    /** The levels of noise at these timesteps, {@code sqrt((1 - abar) / abar)}. */
    public double[] levels(long... timesteps) {
        return Arrays.stream(timesteps)
                .mapToDouble(t -> Noise.preserving(abar(t)).sigma())
                .toArray();
    }
}
