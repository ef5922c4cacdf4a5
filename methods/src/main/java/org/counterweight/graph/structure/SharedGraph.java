package org.counterweight.graph.structure;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;

/**
 * One graph that holds both domains. An edge belongs to the domain of its receiver; its sender may be of either. Nodes of
 * neither are passed over, with their edges.
 *
 * @param edges {@code int64 [2, edges]}, from senders to receivers
 * @param labels {@code int64 [nodes]}: true ones in the source, predicted ones in the target
 * @param classes C
 * @param source whether a node belongs to the source, {@code bool [nodes]}
 * @param target whether it belongs to the target, {@code bool [nodes]}
 */
public record SharedGraph(Tensor edges, Tensor labels, int classes, Tensor source, Tensor target) {
    /** @throws IllegalArgumentException for ends and labels as in {@link LabelledGraph}, and for a node in both domains */
    public SharedGraph {
        source = source.to(ScalarType.Bool);
        target = target.to(ScalarType.Bool);
        if (source.numel() != labels.numel() || target.numel() != labels.numel()) {
            throw new IllegalArgumentException("source_mask has " + source.numel() + " nodes, target_mask "
                    + target.numel() + ", and there are " + labels.numel() + " labels");
        }
        Tensor both = source.logical_and(target);
        if (both.any().item_bool()) {
            throw new IllegalArgumentException("source_mask, target_mask: node " + LabelledGraph.first(both)
                    + " is in both; give each node to one domain");
        }
        LabelledGraph.checkEnds(edges, labels.size(0));
        LabelledGraph.checkLabels(labels, source.logical_or(target), classes);
    }

    /** The probabilities of an edge into a node of the source, and into one of the target. */
    public StructureRatio ratio() {
        return new StructureRatio(counts(source).probabilities(), counts(target).probabilities());
    }

    /** The edges into nodes of a domain, beside the pairs of such a node and any. */
    private PairCounts counts(Tensor domain) {
        Tensor own = LabelledGraph.histogram(labels.masked_select(domain), classes);
        Tensor all = LabelledGraph.histogram(labels.masked_select(source.logical_or(target)), classes);
        Tensor codes = pairs().masked_select(counted(domain));
        Tensor found = LabelledGraph.histogram(codes, (long) classes * classes);
        return new PairCounts(found.view(classes, classes), own.outer(all));
    }

    /** The edges from a node of either domain into one of this. */
    private Tensor counted(Tensor domain) {
        Tensor sender = source.logical_or(target).index_select(0, edges.select(0, 0));
        return domain.index_select(0, edges.select(0, 1)).logical_and(sender);
    }

    /** The code of each edge's classes; that of an edge at a node of neither domain says nothing. */
    private Tensor pairs() {
        Tensor known = labels.masked_fill(source.logical_or(target).logical_not(), new Scalar(0));
        return LabelledGraph.pairs(edges, known, classes);
    }

    /** The code of each edge's classes, and C² of an edge that is not of the source, {@code int32 [edges]}. */
    public Tensor codes() {
        return pairs().masked_fill(counted(source).logical_not(), new Scalar((long) classes * classes))
                .to(ScalarType.Int);
    }

    /** What {@link #codes} stand for: the ratio {@code [C, C]} of edges of the source, 1 of all others, {@code [C² + 1]}. */
    public static Tensor table(Tensor ratio) {
        return torch.constant_pad_nd(ratio.flatten(), new long[] {0, 1}, Tensors.scalar(1));
    }

    /** w: the ratio {@code [C, C]} of edges into nodes of the source, 1 of all others, {@code float64 [edges]}. */
    public Tensor weights(Tensor ratio) {
        return table(ratio).index_select(0, codes());
    }
}
