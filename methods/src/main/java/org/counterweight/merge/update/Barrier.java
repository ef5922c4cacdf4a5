package org.counterweight.merge.update;

import java.util.Locale;
import java.util.Optional;

/**
 * Whether two models are connected linearly: accuracy half-way between them should not be far below both ends. It is, where
 * the new model was not trained from the old one, and then no interpolation of them works.
 *
 * @param accOld percent
 * @param accNew percent
 * @param accMiddle percent, at α = 0.5
 */
public record Barrier(double accOld, double accNew, double accMiddle) {
    private static final double ALLOWED = 5;

    /** How many points the middle lies below the worse end; negative if it lies above. */
    public double depth() {
        return Math.min(accOld, accNew) - accMiddle;
    }

    /** What to tell the user, if there is a barrier of more than 5 points. */
    public Optional<String> warning() {
        return depth() > ALLOWED
                ? Optional.of(String.format(
                        Locale.ROOT,
                        "the models are not linearly connected (dev accuracy %.1f old, %.1f new, %.1f half-way); start the"
                                + " update from the old weights",
                        accOld,
                        accNew,
                        accMiddle))
                : Optional.empty();
    }
}
