package org.counterweight.graph.layer;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;

/**
 * A sparse linear map from what nodes send to what they receive: H'[v] = Σ c_e H[u] over the edges u → v. Made once for each
 * set of weights, for all layers and epochs until the next.
 *
 * @param senders {@code int64 [edges]}
 * @param receivers {@code int64 [edges]}
 * @param coefficients c, {@code [edges]}
 * @param nodes how many nodes
 */
public record Propagation(Tensor senders, Tensor receivers, Tensor coefficients, long nodes) {
    /**
     * That of GCN: c = a d_u^(-1/2) d_v^(-1/2), with the degrees of what comes in at both ends, and 0 for a degree of 0. T. Kipf
     * and M. Welling, "Semi-Supervised Classification with Graph Convolutional Networks", ICLR 2017.
     */
    public static Propagation symmetric(Messages messages, Normalization normalization) {
        Tensor root = orZero(messages.degrees(normalization).rsqrt());
        Tensor ends = root.index_select(0, messages.senders()).mul(root.index_select(0, messages.receivers()));
        return of(messages, ends);
    }

    /** That of GraphSAGE: c = a / d_v, a mean; 0 for a node into which nothing comes. */
    public static Propagation mean(Messages messages, Normalization normalization) {
        Tensor inverse = orZero(messages.degrees(normalization).reciprocal());
        return of(messages, inverse.index_select(0, messages.receivers()));
    }

    private static Propagation of(Messages messages, Tensor scale) {
        return new Propagation(
                messages.senders(), messages.receivers(), scale.mul(messages.factors()), messages.nodes());
    }

    private static Tensor orZero(Tensor inverse) {
        return torch.where(torch.isinf(inverse), torch.zeros_like(inverse), inverse);
    }

    /** H' of H, {@code [nodes, width]}, in the type of H. */
    public Tensor apply(Tensor h) {
        Tensor sent = h.index_select(0, senders).mul(Tensors.as(coefficients, h).unsqueeze(1));
        return torch.zeros(new long[] {nodes, h.size(1)}, h.options()).index_add(0, receivers, sent);
    }
}
