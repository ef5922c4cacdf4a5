package org.counterweight.data.graph;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Checks of the features of nodes before a network sees them. */
public final class NodeFeatures {
    private NodeFeatures() {}

    /**
     * Refuses features that are not finite.
     *
     * @param x {@code [nodes, width]}
     * @throws IllegalArgumentException naming the first such node and column
     */
    public static void check(Tensor x) {
        Tensor wrong = torch.isfinite(x).logical_not();
        if (Graph.isAny(wrong)) {
            long at = Graph.first(wrong.flatten());
            throw new IllegalArgumentException("x: node " + at / x.size(1) + " has "
                    + x.flatten().select(0, at).item_double() + " in column " + at % x.size(1)
                    + "; give each a finite number");
        }
    }

    /** Refuses two graphs whose nodes have not as many features. */
    public static void checkAlike(Tensor source, Tensor target) {
        if (source.size(1) != target.size(1)) {
            throw new IllegalArgumentException("x: the source's nodes have " + source.size(1)
                    + " features, the target's " + target.size(1) + "; give both the same");
        }
    }
}
