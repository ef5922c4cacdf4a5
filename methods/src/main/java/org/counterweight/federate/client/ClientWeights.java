package org.counterweight.federate.client;

import java.util.Arrays;

/** Shares p_i of the clients, that add up to 1. */
public final class ClientWeights {
    private ClientWeights() {}

    /** 1 / N: definitions 4.1 and 4.3 of the paper. */
    public static double[] uniform(int clients) {
        double[] weights = new double[clients];
        Arrays.fill(weights, 1.0 / clients);
        return weights;
    }

    /**
     * n_i / Σ n: the official code.
     *
     * @param sizes the rows of each client, at least 0 and not all 0
     * @throws FederationException if they are not
     */
    public static double[] bySize(double... sizes) {
        double sum = Arrays.stream(sizes).sum();
        for (double size : sizes) {
            if (!(size >= 0)) {
                throw new FederationException("a client has " + size + " rows, but must have at least 0");
            }
        }
        if (!(sum > 0) || Double.isInfinite(sum)) {
            throw new FederationException("the clients have " + sum + " rows together, which gives none a share");
        }
        return Arrays.stream(sizes).map(size -> size / sum).toArray();
    }
}
