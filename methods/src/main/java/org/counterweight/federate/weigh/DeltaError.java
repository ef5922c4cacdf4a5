package org.counterweight.federate.weigh;

/** The expected squared distance from a target and one source put together to the target's true update. */
public enum DeltaError {
    /** (1 − β)² σ² + β² d²: equation (1). */
    FEDDA {
        @Override
        public double at(double beta, Distances found) {
            return own(beta) * found.variance() + beta * beta * found.distance();
        }
    },
    /** ((1 − β)² + (2 β − β²) / m) σ² + β² τ² d²: equation (2). */
    FEDGP {
        @Override
        public double at(double beta, Distances found) {
            return (own(beta) + along(beta) / found.dimension()) * found.variance() + beta * beta * found.projected();
        }
    },
    /** ((1 − β)² + (2 β − β²) δ / m) σ² + β² (δ τ² d² + (1 − δ) ‖ḡ‖²): appendix A.4. */
    FILTERED {
        @Override
        public double at(double beta, Distances found) {
            double along = along(beta) * found.delta() / found.dimension();
            return (own(beta) + along) * found.variance() + beta * beta * found.filtered();
        }
    };

    /** @param beta in [0, 1] */
    public abstract double at(double beta, Distances found);

    private static double own(double beta) {
        return (1 - beta) * (1 - beta);
    }

    private static double along(double beta) {
        return 2 * beta - beta * beta;
    }
}
