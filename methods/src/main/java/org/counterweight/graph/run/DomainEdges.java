package org.counterweight.graph.run;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.data.graph.Domains;
import org.counterweight.data.graph.Graph;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.graph.structure.LabelledGraph;
import org.counterweight.graph.structure.SharedGraph;
import org.counterweight.graph.structure.StructureRatio;
import org.counterweight.model.part.graph.Messages;
import org.jspecify.annotations.Nullable;

/**
 * The edges of both domains by the classes at their ends: true ones in the source, as far as they are known, told ones in the
 * target. What does not depend on what is told is computed once; it belongs to the scope that was open at the beginning.
 */
public final class DomainEdges {
    private final Domains domains;
    private final Tensor known;
    private final @Nullable Constant source;

    /**
     * Of a source that is a graph of its own.
     *
     * @param probabilities B_S, {@code float64 [C, C]}
     * @param codes of its edges: {@link SharedGraph#codes}
     */
    private record Constant(Tensor probabilities, Tensor codes) {}

    /** The edges of these domains. */
    public DomainEdges(Domains domains) {
        this.domains = domains;
        try (var scope = Scope.open()) {
            Graph graph = domains.source().graph();
            known = scope.keep(mask(graph, domains.source().nodes())
                    .logical_and(graph.nodes().isLabelled()));
            if (domains.isOneGraph()) {
                source = null;
            } else {
                var own = new SharedGraph(
                        graph.edges(), graph.nodes().labels(), domains.classes(), known, torch.zeros_like(known));
                source = new Constant(scope.keep(own.ratio().source()), scope.keep(own.codes()));
            }
        }
    }

    public Domains domains() {
        return domains;
    }

    private Graph source() {
        return domains.source().graph();
    }

    private static Tensor mask(Graph graph, Tensor nodes) {
        Tensor none = torch.zeros(new long[] {graph.size()}, Tensors.options(ScalarType.Bool));
        return none.index_fill(0, nodes, new Scalar(1));
    }

    /** The one graph of both domains, with what is predicted for the target. */
    private SharedGraph shared(Tensor told) {
        Tensor nodes = domains.target().nodes();
        return new SharedGraph(
                source().edges(),
                source().nodes().labels().index_copy(0, nodes, told),
                domains.classes(),
                known,
                mask(source(), nodes));
    }

    /**
     * How much more often classes are linked in the target.
     *
     * @param told the classes of the target's nodes, {@code int64 [m]}
     */
    StructureRatio ratio(Tensor told) {
        if (source == null) {
            return shared(told).ratio();
        }
        var target = new LabelledGraph(domains.target().graph().edges(), told, domains.classes());
        return new StructureRatio(source.probabilities(), target.counts().probabilities());
    }

    /**
     * a = (1 − λ) + λ w of every edge of the source's graph, {@code float64 [edges]}: 1 where an end is of no known class, or the
     * receiver is not of the source. There are no more than C² + 1 of them, which are looked up.
     *
     * @param told as for {@link #ratio}: in one graph for both domains a node of the target may be the sender
     */
    Tensor factors(Tensor ratio, Tensor told, double lambda) {
        Tensor codes = source == null ? shared(told).codes() : source.codes();
        return Messages.factors(SharedGraph.table(ratio), lambda).index_select(0, codes);
    }

    /** The edges of the source between nodes of known classes. */
    LabelledGraph knownSource() {
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
        return new LabelledGraph(none, source().nodes().labels().masked_select(known), domains.classes());
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

    /** What is predicted for the source's nodes, {@code [n, C]}, in the places of the graph's nodes. */
    Tensor ofSourceNodes(Tensor rows) {
        return placed(source(), domains.source().nodes(), rows);
    }

    /** The same of the target's. */
    Tensor ofTargetNodes(Tensor rows) {
        return placed(domains.target().graph(), domains.target().nodes(), rows);
    }

    /** What is predicted for the source's nodes of known classes. */
    Tensor ofKnownNodes(Tensor rows) {
        Tensor nodes = domains.source().nodes();
        return rows.index_select(0, known.index_select(0, nodes).nonzero().flatten());
    }

    private static Tensor placed(Graph graph, Tensor nodes, Tensor rows) {
        return torch.zeros(new long[] {graph.size(), rows.size(1)}, Tensors.options(rows))
                .index_copy(0, nodes, rows);
    }
}
