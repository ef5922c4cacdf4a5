package org.counterweight.federate.personal;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.Checks;
import org.counterweight.engine.Tensors;
import org.counterweight.federate.client.FederationException;

/**
 * What a client's own rows say about a new one: each of the k nearest votes for its class with exp(−distance). O. Marfoq
 * et al., "Personalized Federated Learning through Local Memorization", ICML 2022 (kNN-Per).
 *
 * @param keys {@code [n, width]}, features of the client's rows
 * @param labels {@code int64 [n]}, each in [0, classes)
 * @param classes how many
 * @param k at least 1; all rows where there are fewer. 10 is usual
 */
public record NearestNeighbours(Tensor keys, Tensor labels, int classes, int k) {
    public NearestNeighbours {
        if (k < 1) {
            throw new FederationException("k is " + k + ", but must be at least 1");
        }
        if (keys.size(0) < 1 || keys.size(0) != labels.numel()) {
            throw new FederationException(keys.size(0) + " rows of features and " + labels.numel()
                    + " labels; there must be one label a row, and a row or more");
        }
    }

    /**
     * {@code [m, width] -> [m, classes]}: shares of the votes, which add up to 1. Of rows equally far the first come
     * first.
     */
    public Tensor probabilities(Tensor queries) {
        Tensor apart = queries.unsqueeze(1).sub(keys.unsqueeze(0)); // not by products, which lose small distances
        Tensor distances = Tensors.norm2(apart, false, 2);
        Tensor order = distances.argsort(true, 1, false);
        Tensor nearest = Tensors.slice(order, 1, 0, Math.min(k, keys.size(0)));
        Tensor votes = Tensors.softmax(distances.gather(1, nearest).neg(), 1);
        Tensor counted = torch.zeros(new long[] {queries.size(0), classes}, Tensors.options(votes));
        return counted.scatter_add_(
                1, labels.index_select(0, nearest.reshape(-1)).view_as(nearest), votes);
    }

    /**
     * λ p_kNN + (1 − λ) p_global.
     *
     * @param global {@code [m, classes]}
     * @param lambda in [0, 1]
     */
    public Tensor mixed(Tensor queries, Tensor global, double lambda) {
        if (!Checks.isShare(lambda)) {
            throw new FederationException("lambda is " + lambda + ", but must lie in [0, 1]");
        }
        return Tensors.times(probabilities(queries), lambda).add(global, new Scalar(1 - lambda));
    }
}
