package org.counterweight.shift.measure;

import org.bytedeco.pytorch.Tensor;

/** How many equally weighted rows tell as much as rows with weights: (Σ w)² / Σ w² (L. Kish, "Survey Sampling", 1965). */
public final class EffectiveSize {
    private EffectiveSize() {}

    /**
     * The effective size, from 1 to the number of rows; 0 where all weights are 0.
     *
     * @param weights {@code [rows]}, none below 0, in float64 where there are many
     */
    public static double of(Tensor weights) {
        return of(weights.sum().item_double(), weights.square().sum().item_double());
    }

    /** The same from Σ w and Σ w². */
    public static double of(double sum, double squares) {
        return squares == 0 ? 0 : sum * sum / squares;
    }
}
