package org.counterweight.guide;

import org.counterweight.guide.shape.Grid;

/** The weight of guidance at each step of a sampler. */
public interface GuidanceSchedule {
    /** What the weights multiply. */
    Convention convention();

    /** {@code [steps]}, in {@link #convention}. */
    double[] weights(Grid grid);

    /** The weights in the other convention's numbers, or in the same. */
    default double[] weights(Grid grid, Convention as) {
        double[] weights = weights(grid);
        for (int i = 0; i < weights.length; i++) {
            weights[i] = convention().to(as, weights[i]);
        }
        return weights;
    }
}
