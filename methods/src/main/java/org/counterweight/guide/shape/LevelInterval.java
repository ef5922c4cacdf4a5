package org.counterweight.guide.shape;

import org.counterweight.config.ConfigException;

/**
 * Guidance at the noise levels from {@code lo} to {@code hi}, both included, and none elsewhere: T. Kynkäänniemi et al.,
 * "Applying Guidance in a Limited Interval Improves Sample and Distribution Quality in Diffusion Models", NeurIPS 2024.
 *
 * @param lo a level as the grid has it: sigma = sqrt((1 - abar) / abar)
 */
public record LevelInterval(double lo, double hi) implements Shape {
    @Override
    public double at(Grid.Point point) {
        return isOpen(point) ? 1 : 0;
    }

    @Override
    public double mean() {
        return Double.NaN;
    }

    @Override
    public boolean isOpen(Grid.Point point) {
        double level = point.level();
        if (Double.isNaN(level)) {
            throw new ConfigException(
                    "guidance in an interval of levels needs a grid with levels of noise, and this one has"
                            + " none; take --grid timesteps, or an interval of steps, interval_index");
        }
        return lo <= level && level <= hi;
    }
}
