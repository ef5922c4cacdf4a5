package org.counterweight.data.graph;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.jspecify.annotations.Nullable;

/**
 * A graph with features at its nodes. Its tensors belong to the scope in which it was read.
 *
 * @param edges {@code int64 [2, edges]}: each goes from the node in the first row to that in the second; what is undirected
 *     stands in both directions
 * @param weights {@code float32 [edges]}, at least 0, or null if they all count the same
 */
public record Graph(Nodes nodes, Tensor edges, @Nullable Tensor weights) {
    /** The class of a node that has none: losses and metrics pass over it. */
    public static final long UNLABELLED = -100;

    /** @throws IllegalArgumentException if an edge leads to no node, or there is not a weight at least 0 for each */
    public Graph {
        if (edges.dim() != 2 || edges.size(0) != 2) {
            throw new IllegalArgumentException("edge_index has to be [2, edges]");
        }
        Tensor wrong = edges.lt(new Scalar(0L)).logical_or(edges.ge(new Scalar((long) nodes.size())));
        if (isAny(wrong)) {
            long at = first(wrong.flatten());
            throw new IllegalArgumentException("edge_index: edge " + at % edges.size(1) + " has the end "
                    + edges.flatten().select(0, at).item_long() + ", and there are " + nodes.size()
                    + " nodes, counted from 0");
        }
        if (weights != null) {
            checkWeights(weights, edges.size(1));
        }
    }

    private static void checkWeights(Tensor weights, long edges) {
        if (weights.dim() != 1 || weights.size(0) != edges) {
            throw new IllegalArgumentException(
                    "edge_weight has " + weights.numel() + " values for " + edges + " edges; give each edge one");
        }
        Tensor wrong =
                torch.isfinite(weights).logical_and(weights.ge(new Scalar(0L))).logical_not();
        if (isAny(wrong)) {
            long edge = first(wrong);
            throw new IllegalArgumentException("edge_weight: edge " + edge + " has "
                    + weights.select(0, edge).item_double() + "; give each a finite number of at least 0");
        }
    }

    static boolean isAny(Tensor mask) {
        return mask.numel() > 0 && mask.any().item_bool();
    }

    /** The position of the first true one. */
    static long first(Tensor mask) {
        return mask.to(ScalarType.Byte).argmax().item_long();
    }

    /** How many nodes. */
    public int size() {
        return nodes.size();
    }

    /** The same, its tensors handed to the scope around {@code scope}. */
    Graph keptBy(Scope scope) {
        return new Graph(
                new Nodes(
                        scope.keep(nodes.features()),
                        scope.keep(nodes.labels()),
                        nodes.labelNames(),
                        nodes.ids(),
                        nodes.domains() == null ? null : scope.keep(nodes.domains())),
                scope.keep(edges),
                weights == null ? null : scope.keep(weights));
    }

    /**
     * The same with edges both ways.
     *
     * @throws IllegalArgumentException if edges have weights, which only {@link Symmetry#SUM} can take along
     */
    public Graph made(Symmetry symmetry) {
        if (symmetry == Symmetry.NONE) {
            return this;
        }
        if (weights != null && symmetry == Symmetry.MAX) {
            throw new IllegalArgumentException(
                    "symmetrize: max counts edges, and these have weights; take sum, or none");
        }
        return new Graph(nodes, symmetry.of(edges, size()), weights == null ? null : weights.repeat(2));
    }

    /** The width of a node's features. */
    public int width() {
        return Math.toIntExact(nodes.features().size(1));
    }

    /** The edges as one number each, sender · nodes + receiver. */
    Tensor codes(boolean isReversed) {
        Tensor from = edges.select(0, isReversed ? 1 : 0);
        return from.mul(new Scalar((long) size())).add(edges.select(0, isReversed ? 0 : 1));
    }
}
