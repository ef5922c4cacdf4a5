package org.counterweight.model.part.graph;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.model.Pass;

/**
 * A sparse linear map from what nodes send to what they receive: H'[v] = Σ c_e H[u] over the edges u → v. Made once for each
 * pass, for all of its layers: edges stand by where they lead, so that sums run over neighbouring places, a thread a part of the
 * nodes.
 *
 * @param senders {@code int64 [edges]}
 * @param starts where the edges into each node begin, and at last their number, {@code int64 [nodes + 1]}
 * @param coefficients c, {@code [edges]}
 */
public record Propagation(Tensor senders, Tensor starts, Tensor coefficients) {
    private static final long SUM = 0;

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

    private static Tensor orZero(Tensor inverse) {
        return torch.where(torch.isinf(inverse), torch.zeros_like(inverse), inverse);
    }

    private static Propagation of(Messages messages, Tensor coefficients) {
        try (var scope = Scope.open()) {
            Tensor order = messages.receivers().argsort(true, 0, false); // stable: sums have one order
            Tensor ends = messages.receivers()
                    .bincount(new TensorOptional(), messages.nodes())
                    .cumsum(0);
            return new Propagation(
                    scope.keep(messages.senders().index_select(0, order)),
                    scope.keep(torch.constant_pad_nd(ends, new long[] {1, 0})), // the first begins at 0
                    scope.keep(coefficients.index_select(0, order)));
        }
    }

    /** H' of H, {@code [nodes, width]}, in the type of H. Nothing is held for each edge and column, forwards or backwards. */
    public Tensor apply(Tensor h, Pass pass) {
        Tensor wide = h.to(coefficients.scalar_type());
        Tensor sums = pass.isTwiceDifferentiable() ? matrix().mm(wide) : sums(wide);
        return sums.to(h.scalar_type());
    }

    /** With a gradient of the first order. */
    private Tensor sums(Tensor h) {
        return new Tensor(
                torch.embedding_bag(h, senders, starts, false, SUM, false, new TensorOptional(coefficients), true)
                        .get0());
    }

    /** S, sparse {@code [nodes, nodes]}, a row a receiver; its product has gradients of any order. */
    private Tensor matrix() {
        long n = starts.size(0) - 1;
        Tensor receivers = torch.repeat_interleave(starts.diff());
        return torch.sparse_coo_tensor(torch.stack(new TensorVector(receivers, senders), 0), coefficients, n, n);
    }
}
