package org.counterweight.graph.run;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.data.graph.Domains;
import org.counterweight.data.graph.Graph;
import org.counterweight.engine.Tensors;
import org.counterweight.graph.structure.LabelledGraph;
import org.counterweight.graph.structure.SharedGraph;
import org.counterweight.graph.structure.StructureRatio;

/**
 * The edges of both domains by the classes at their ends: true ones in the source, as far as they are known, told ones in the
 * target.
 */
public record DomainEdges(Domains domains) {
    private Graph source() {
        return domains.source().graph();
    }

    /** Which nodes of the source's graph have a class that is learnt, {@code bool [nodes]}. */
    private Tensor known() {
        return mask(source(), domains.source().nodes())
                .logical_and(source().nodes().isLabelled());
    }

    private static Tensor mask(Graph graph, Tensor nodes) {
        Tensor none = torch.zeros(new long[] {graph.size()}, Tensors.options(ScalarType.Bool));
        return none.index_fill(0, nodes, new Scalar(1));
    }

    /** The source's graph with its classes; of one graph for both domains with what is told of the target. */
    private SharedGraph shared(Tensor told) {
        Tensor labels = source().nodes().labels();
        Tensor none = torch.zeros_like(known());
        if (!domains.isOneGraph()) {
            return new SharedGraph(source().edges(), labels, domains.classes(), known(), none);
        }
        Tensor nodes = domains.target().nodes();
        return new SharedGraph(
                source().edges(), labels.index_copy(0, nodes, told), domains.classes(), known(), mask(source(), nodes));
    }

    /**
     * How much more often classes are linked in the target.
     *
     * @param told the classes of the target's nodes, {@code int64 [m]}
     */
    StructureRatio ratio(Tensor told) {
        SharedGraph shared = shared(told);
        if (domains.isOneGraph()) {
            return shared.ratio();
        }
        var target = new LabelledGraph(domains.target().graph().edges(), told, domains.classes());
        return new StructureRatio(shared.ratio().source(), target.counts().probabilities());
    }

    /**
     * w of every edge of the source's graph, {@code float64 [edges]}: 1 where an end is of no known class, or the receiver is not
     * of the source.
     *
     * @param told as for {@link #ratio}: in one graph for both domains a node of the target may be the sender
     */
    Tensor weights(Tensor ratio, Tensor told) {
        return shared(told).weights(ratio);
    }

    /** The edges of the source between nodes of known classes. */
    LabelledGraph knownSource() {
        Tensor known = known();
        Tensor edges = source().edges();
        Tensor both = known.index_select(0, edges.select(0, 0)).logical_and(known.index_select(0, edges.select(0, 1)));
        return new LabelledGraph(
                edges.index_select(1, both.nonzero().flatten()),
                source().nodes().labels().masked_fill(known.logical_not(), new Scalar(0L)),
                domains.classes());
    }

    /** The nodes of known classes, without edges. */
    LabelledGraph knownNodes() {
        Tensor none = Tensors.longs(new long[0], 2, 0);
        return new LabelledGraph(none, source().nodes().labels().masked_select(known()), domains.classes());
    }

    /** The edges of the target between its nodes. */
    Tensor targetEdges() {
        Tensor edges = domains.target().graph().edges();
        if (!domains.isOneGraph()) {
            return edges;
        }
        Tensor own = mask(source(), domains.target().nodes());
        Tensor both = own.index_select(0, edges.select(0, 0)).logical_and(own.index_select(0, edges.select(0, 1)));
        return edges.index_select(1, both.nonzero().flatten());
    }

    /** What is told of the source's nodes, {@code [n, C]}, in the places of the graph's nodes. */
    Tensor ofSourceNodes(Tensor rows) {
        return placed(source(), domains.source().nodes(), rows);
    }

    /** The same of the target's. */
    Tensor ofTargetNodes(Tensor rows) {
        return placed(domains.target().graph(), domains.target().nodes(), rows);
    }

    /** What is told of the source's nodes of known classes. */
    Tensor ofKnownNodes(Tensor rows) {
        Tensor nodes = domains.source().nodes();
        return rows.index_select(0, known().index_select(0, nodes).nonzero().flatten());
    }

    private static Tensor placed(Graph graph, Tensor nodes, Tensor rows) {
        return torch.zeros(new long[] {graph.size(), rows.size(1)}, Tensors.options(rows))
                .index_copy(0, nodes, rows);
    }
}
