package org.counterweight.federate.weigh;

import org.counterweight.federate.client.FederationException;
import org.jspecify.annotations.Nullable;

/**
 * What the weight of one source is made of. All squares are of one unit: multiplied together by anything, they give the
 * same weight.
 *
 * @param variance σ², of the target's mean update
 * @param distance d², from the source's update to the target's true one
 * @param projected τ² d², the same after projecting onto the complement of the source's direction
 * @param passing δ, the probability that the filter on the sign lets the source pass, in [0, 1]; null if it is not
 *     known
 * @param target ‖ḡ‖², of the target's mean update
 * @param dimension m, at least 1
 * @param clamped whether a square was estimated below 0, and set to 0
 */
public record Distances(
        double variance,
        double distance,
        double projected,
        @Nullable Double passing,
        double target,
        long dimension,
        boolean clamped) {
    public Distances {
        if (dimension < 1) {
            throw new FederationException("updates of " + dimension + " numbers have no distance");
        }
    }

    /** @param clamp whether squares that were estimated below 0 are set to 0 */
    static Distances of(
            double variance,
            double distance,
            double projected,
            @Nullable Double passing,
            double target,
            long dimension,
            boolean clamp) {
        double least = clamp ? 0 : Double.NEGATIVE_INFINITY;
        return new Distances(
                variance,
                Math.max(distance, least),
                Math.max(projected, least),
                passing,
                target,
                dimension,
                clamp && (distance < 0 || projected < 0));
    }

    /** δ τ² d² + (1 − δ) ‖ḡ‖²: what a source of weight 1 misses by, where a source that does not pass gives 0. */
    double filtered() {
        double delta = delta();
        return delta * projected + (1 - delta) * target;
    }

    /**
     * δ.
     *
     * @throws FederationException if it is not known
     */
    public double delta() {
        if (passing == null) {
            throw new FederationException(
                    "the filter's probability needs the target's update at every step, and the lean"
                            + " estimate has only their sum; take the full estimate or a rule without a threshold");
        }
        return passing;
    }
}
