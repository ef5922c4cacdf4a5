package org.counterweight.graph.structure;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;

/**
 * A graph with a class at each node, true or predicted.
 *
 * @param edges {@code int64 [2, edges]}, from senders to receivers; undirected ones in both directions
 * @param labels {@code int64 [nodes]}, in [0, classes)
 * @param classes C
 */
public record LabelledGraph(Tensor edges, Tensor labels, int classes) {
    /** @throws IllegalArgumentException if an end is no node or a label no class; the message names the first */
    public LabelledGraph {
        checkEnds(edges, labels.size(0));
        checkLabels(labels, torch.ones_like(labels).to(ScalarType.Bool), classes);
    }

    /** Refuses edges that are not {@code [2, edges]} or lead to nodes that are not there. */
    static void checkEnds(Tensor edges, long nodes) {
        if (edges.dim() != 2 || edges.size(0) != 2) {
            throw new IllegalArgumentException("edge_index has to be [2, edges]");
        }
        if (edges.numel() > 0
                && (edges.min().item_long() < 0
                        || edges.max().item_long() >= nodes)) { // one look at each, the place later
            long at = first(outside(edges, nodes).flatten());
            long edge = at % edges.size(1);
            throw new IllegalArgumentException("edge_index: edge " + edge + " has the end "
                    + edges.flatten().select(0, at).item_long() + ", and there are " + nodes + " nodes, from 0 on");
        }
    }

    /** Refuses labels that are no class among the nodes of that mask. */
    static void checkLabels(Tensor labels, Tensor mask, int classes) {
        Tensor wrong = outside(labels, classes).logical_and(mask);
        if (wrong.numel() > 0 && wrong.any().item_bool()) {
            long node = first(wrong);
            throw new IllegalArgumentException("labels: node " + node + " has the label "
                    + labels.select(0, node).item_long() + ", and there are " + classes + " classes, from 0 on");
        }
    }

    private static Tensor outside(Tensor values, long end) {
        return values.lt(new Scalar(0)).logical_or(values.ge(new Scalar(end)));
    }

    /** The position of the first true one. */
    static long first(Tensor mask) {
        return mask.to(ScalarType.Byte).argmax().item_long();
    }

    /** The class of each edge's receiver times C plus that of its sender, {@code int64 [edges]}. */
    public Tensor pairs() {
        return pairs(edges, labels, classes);
    }

    static Tensor pairs(Tensor edges, Tensor labels, int classes) {
        Tensor sender = labels.index_select(0, edges.select(0, 0));
        Tensor receiver = labels.index_select(0, edges.select(0, 1));
        return receiver.mul(new Scalar(classes)).add(sender);
    }

    /** How many nodes each class has, {@code float64 [C]}. */
    public Tensor sizes() {
        return histogram(labels, classes);
    }

    static Tensor histogram(Tensor codes, long length) {
        return codes.bincount(new TensorOptional(), length).to(ScalarType.Double);
    }

    /**
     * The edges of each pair of classes, row = receiver's, beside how many there could be. Each of several equal edges counts,
     * and pairs of a node with itself belong to what could be.
     */
    public PairCounts counts() {
        Tensor sizes = sizes();
        return new PairCounts(histogram(pairs(), (long) classes * classes).view(classes, classes), sizes.outer(sizes));
    }

    /** Whether no two nodes are of different classes, so that an estimate from these labels would say nothing. */
    public boolean isOfOneClass() {
        return Tensors.sum(sizes().gt(new Scalar(0)), false, 0).item_long() <= 1;
    }
}
