package org.counterweight.guide.shape;

import org.counterweight.config.ConfigException;

/**
 * The dynamic guidance of diffusers' CogVideoX pipeline to the bit: {@code (1 - cos(pi ((N - t) / N)^5)) / 2} with t a timestep
 * of training and N the number of steps taken, which are not of one unit. What was meant is a {@link PowerCosine} of 5.
 */
public record CogVideoXLegacy() implements Shape {
    @Override
    public double at(Grid.Point point) {
        double timestep = point.timestep();
        if (Double.isNaN(timestep)) {
            throw new ConfigException("cogvideox_legacy needs a grid of timesteps, and this one has none; take --grid"
                    + " timesteps, or what was meant, pcs with a power of 5");
        }
        return (1 - Math.cos(Math.PI * Math.pow((point.steps() - timestep) / point.steps(), 5))) / 2;
    }

    @Override
    public double mean() {
        return Double.NaN;
    }
}
