package org.counterweight.distill.run;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.distill.SyntheticSet;

/**
 * What came of a distillation.
 *
 * @param set the best, by the images to choose by; of the scope that was open
 * @param best when it was found
 * @param looks in order
 * @param losses one a step; NaN where the draw was skipped, or the step discarded
 * @param snapshots the images at each look, {@code [looks, n, channels, height, width]}
 * @param discarded steps whose loss or gradient was no number
 * @param floored steps after which the inner rate lay at its floor
 */
public record Distilled(
        SyntheticSet set,
        SyntheticScore best,
        List<SyntheticScore> looks,
        double[] losses,
        Tensor snapshots,
        int discarded,
        int floored) {
    public Distilled {
        looks = List.copyOf(looks);
        losses = losses.clone();
    }

    @Override
    public double[] losses() {
        return losses.clone();
    }
}
