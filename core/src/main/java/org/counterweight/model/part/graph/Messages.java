package org.counterweight.model.part.graph;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;

/**
 * What goes along the edges of a graph, and how much each counts.
 *
 * @param edges {@code int64 [2, edges]}, from senders to receivers
 * @param factors a, {@code [edges]}; never part of what is trained
 * @param nodes how many nodes
 */
public record Messages(Tensor edges, Tensor factors, long nodes) {
    /** All count the same. */
    public static Messages plain(Tensor edges, long nodes, Tensor like) {
        return new Messages(edges, torch.ones(new long[] {edges.size(1)}, Tensors.options(like)), nodes);
    }

    /**
     * Each counts a = (1 − λ) + λ w; exactly 1 where w is 1, and everywhere for λ = 0.
     *
     * @param edges {@code int64 [2, edges]}
     * @param weights w, {@code [edges]}
     * @param lambda λ, how strongly the weights are applied, in [0, 1]
     * @throws IllegalArgumentException if λ is not in [0, 1], or there is not a weight for each edge
     */
    public static Messages weighted(Tensor edges, long nodes, Tensor weights, double lambda) {
        if (weights.dim() != 1 || weights.size(0) != edges.size(1)) {
            throw new IllegalArgumentException(
                    "edge_weight has " + weights.numel() + " values for " + edges.size(1) + " edges");
        }
        return new Messages(edges, factors(weights, lambda), nodes);
    }

    /** a = (1 − λ) + λ w of each weight; λ in [0, 1]. */
    public static Tensor factors(Tensor weights, double lambda) {
        if (!(lambda >= 0 && lambda <= 1)) {
            throw new IllegalArgumentException(
                    "lambda: " + lambda + "; give a number from 0 (plain) to 1 (full ratio)");
        }
        return torch.ones_like(weights).lerp(weights.detach(), Tensors.scalar(lambda));
    }

    /** With one more from each node to itself, which counts 1. */
    public Messages withSelfLoops() {
        Tensor own = torch.arange(new Scalar(nodes), Tensors.options(edges));
        Tensor ones = torch.ones(new long[] {nodes}, Tensors.options(factors));
        return new Messages(
                torch.cat(new TensorVector(edges, own.unsqueeze(0).expand(2, nodes)), 1),
                torch.cat(new TensorVector(factors, ones), 0),
                nodes);
    }

    Tensor senders() {
        return edges.select(0, 0);
    }

    Tensor receivers() {
        return edges.select(0, 1);
    }

    /** d: how many come into each node, or how much they count together, {@code [nodes]}. */
    Tensor degrees(MessageNorm norm) {
        Tensor each = norm == MessageNorm.WEIGHTED ? factors : torch.ones_like(factors);
        return torch.zeros(new long[] {nodes}, Tensors.options(factors)).index_add(0, receivers(), each);
    }
}
