package org.counterweight.data.graph;

import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of a graph.
 *
 * @param features {@code float32 [nodes, width]}
 * @param labels {@code int64 [nodes]}, {@link Graph#UNLABELLED} for a node without a class
 * @param labelNames the classes' names
 * @param ids what each node is called; empty if they are called by their numbers, from 0 on
 * @param domains {@code int64 [nodes]}, of a graph that holds two domains: {@link #SOURCE}, {@link #TARGET}, or less than 0 for
 *     neither; null otherwise
 */
public record Nodes(
        Tensor features,
        Tensor labels,
        List<String> labelNames,
        List<String> ids,
        @Nullable Tensor domains) {
    /** The domain whose labels are learnt. */
    public static final long SOURCE = 0;

    /** The domain in which the model is to be used. */
    public static final long TARGET = 1;

    /** @throws IllegalArgumentException if the parts have not as many nodes as each other */
    public Nodes {
        labelNames = List.copyOf(labelNames);
        ids = List.copyOf(ids);
        long nodes = features.size(0);
        if (features.dim() != 2 || labels.size(0) != nodes) {
            throw new IllegalArgumentException(nodes + " nodes, but " + labels.size(0) + " labels");
        }
        if (!ids.isEmpty() && ids.size() != nodes || domains != null && domains.size(0) != nodes) {
            throw new IllegalArgumentException(nodes + " nodes have an id and a domain each, or none has");
        }
    }

    /** How many. */
    public int size() {
        return Math.toIntExact(features.size(0));
    }

    /** What a node is called. */
    public String id(int node) {
        return ids.isEmpty() ? String.valueOf(node) : ids.get(node);
    }

    /** Those of a domain, {@code int64 [n]}; all of them where nodes have none. */
    public Tensor of(long domain) {
        Tensor in = domains == null
                ? torch.ones_like(labels)
                : domains.eq(new Scalar(domain)).to(labels.scalar_type());
        return in.nonzero().flatten();
    }

    /** Whether each has a class, {@code bool [nodes]}. */
    public Tensor isLabelled() {
        return labels.ge(new Scalar(0L));
    }
}
