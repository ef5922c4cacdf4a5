package org.counterweight.graph.layer;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;

/**
 * What goes along the edges of a graph, and how much each counts.
 *
 * @param senders {@code int64 [edges]}
 * @param receivers {@code int64 [edges]}
 * @param factors a, {@code [edges]}; never part of what is trained
 * @param nodes how many nodes
 */
public record Messages(Tensor senders, Tensor receivers, Tensor factors, long nodes) {
    /** All count the same. */
    public static Messages plain(Tensor edges, long nodes, ScalarType type) {
        return new Messages(
                edges.select(0, 0),
                edges.select(0, 1),
                torch.ones(new long[] {edges.size(1)}, Tensors.options(type)),
                nodes);
    }

    /**
     * Each counts a = (1 − λ) + λ w; exactly 1 where w is 1, and everywhere for λ = 0.
     *
     * @param edges {@code int64 [2, edges]}, from senders to receivers
     * @param weights w, {@code [edges]}
     * @param lambda λ, how strongly the weights are applied, in [0, 1]
     * @throws IllegalArgumentException if λ is not in [0, 1], or there is not a weight for each edge
     */
    public static Messages weighted(Tensor edges, long nodes, Tensor weights, double lambda) {
        if (!(lambda >= 0 && lambda <= 1)) {
            throw new IllegalArgumentException(
                    "lambda: " + lambda + "; give a number from 0 (plain) to 1 (full ratio)");
        }
        if (weights.dim() != 1 || weights.size(0) != edges.size(1)) {
            throw new IllegalArgumentException(
                    "edge_weight has " + weights.numel() + " values for " + edges.size(1) + " edges");
        }
        Tensor factors = torch.ones_like(weights).lerp(weights.detach(), Tensors.scalar(lambda));
        return new Messages(edges.select(0, 0), edges.select(0, 1), factors, nodes);
    }

    /** With one more from each node to itself, which counts 1. */
    public Messages withSelfLoops() {
        Tensor own = torch.arange(new Scalar(nodes)).to(ScalarType.Long);
        Tensor ones = torch.ones(new long[] {nodes}, factors.options());
        return new Messages(
                torch.cat(new TensorVector(senders, own), 0),
                torch.cat(new TensorVector(receivers, own), 0),
                torch.cat(new TensorVector(factors, ones), 0),
                nodes);
    }

    /** With nodes numbered otherwise: the new number of each, {@code int64 [nodes]}; the edges keep their order. */
    public Messages renumbered(Tensor numbers) {
        return new Messages(numbers.index_select(0, senders), numbers.index_select(0, receivers), factors, nodes);
    }

    /** d: how many come into each node, or how much they count together, {@code [nodes]}. */
    Tensor degrees(Normalization normalization) {
        Tensor each = normalization == Normalization.WEIGHTED ? factors : torch.ones_like(factors);
        return torch.zeros(new long[] {nodes}, factors.options()).index_add(0, receivers, each);
    }
}
