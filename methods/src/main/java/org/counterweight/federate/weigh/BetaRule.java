package org.counterweight.federate.weigh;

/** β of one source, that makes a {@link DeltaError} least. */
public enum BetaRule {
    /** σ² / (σ² + d²): the least of {@link DeltaError#FEDDA}. */
    FEDDA {
        @Override
        public double beta(Distances found) {
            return share(found.variance(), found.distance());
        }
    },
    /** σ² / (σ² + τ² d²): the paper's, which leaves 1 / m out. */
    FEDGP {
        @Override
        public double beta(Distances found) {
            return share(found.variance(), found.projected());
        }
    },
    /** The same with σ² (1 − 1 / m): the least of {@link DeltaError#FEDGP}, ours, for small heads. */
    FEDGP_DIM {
        @Override
        public double beta(Distances found) {
            return share((1 - 1.0 / found.dimension()) * found.variance(), found.projected());
        }
    },
    /** σ² / (σ² + δ τ² d² + (1 − δ) ‖ḡ‖²): the official code's. */
    FEDGP_THRESH {
        @Override
        public double beta(Distances found) {
            return share(found.variance(), found.filtered());
        }
    },
    /** The same with σ² (1 − δ / m): the least of {@link DeltaError#FILTERED}. */
    FEDGP_FILTERED {
        @Override
        public double beta(Distances found) {
            return share((1 - found.delta() / found.dimension()) * found.variance(), found.filtered());
        }
    };

    /** In [0, 1] where no square is below 0; 0.5 where neither side has an error. */
    public abstract double beta(Distances found);

    private static double share(double noise, double distance) {
        return noise == 0 && distance == 0 ? 0.5 : noise / (noise + distance);
    }
}
