package org.counterweight.model.part.graph;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A sparse linear map from what nodes send to what they receive: H'[v] = Σ c_e H[u] over the edges u → v. Made once for each
 * pass, for all of its layers.
 *
 * @param matrix S, sparse {@code [nodes, nodes]}, a row a receiver
 */
public record Propagation(Tensor matrix) {
    /**
     * That of GCN: c = a d_u^(-1/2) d_v^(-1/2), with the degrees of what comes in at both ends, and 0 for a degree of 0. T. Kipf
     * and M. Welling, "Semi-Supervised Classification with Graph Convolutional Networks", ICLR 2017.
     */
    public static Propagation symmetric(Messages messages, MessageNorm norm) {
        Tensor root = orZero(messages.degrees(norm).rsqrt());
        Tensor ends = root.index_select(0, messages.senders()).mul(root.index_select(0, messages.receivers()));
        return of(messages, ends.mul(messages.factors()));
    }

    /** That of GraphSAGE: c = a / d_v, a mean; 0 for a node into which nothing comes. */
    public static Propagation mean(Messages messages, MessageNorm norm) {
        Tensor inverse = orZero(messages.degrees(norm).reciprocal());
        return of(messages, inverse.index_select(0, messages.receivers()).mul(messages.factors()));
    }

    /** That of GIN: c = a, a sum. */
    public static Propagation sum(Messages messages) {
        return of(messages, messages.factors());
    }

    private static Propagation of(Messages messages, Tensor coefficients) {
        long n = messages.nodes();
        return new Propagation(
                torch.sparse_coo_tensor(messages.edges().flip(0), coefficients, n, n)); // a row a receiver
    }

    private static Tensor orZero(Tensor inverse) {
        return torch.where(torch.isinf(inverse), torch.zeros_like(inverse), inverse);
    }

    /** H' of H, {@code [nodes, width]}, in the type of H. Nothing is held for each edge and column, forwards or backwards. */
    public Tensor apply(Tensor h) {
        ScalarType type = matrix.scalar_type().intern();
        return type == h.scalar_type().intern()
                ? matrix.mm(h)
                : matrix.mm(h.to(type)).to(h.scalar_type());
    }
}
