package org.counterweight.jobs.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.BatchSource;
import org.counterweight.data.DataException;
import org.counterweight.data.Dataset;
import org.counterweight.data.LabelledDataset;
import org.counterweight.data.Split;
import org.counterweight.data.graph.Domains;
import org.counterweight.data.graph.Graph;
import org.counterweight.data.graph.GraphFacts;
import org.counterweight.data.graph.GraphFiles;
import org.counterweight.data.graph.GraphForm;
import org.counterweight.data.graph.NeighbourSampling;
import org.counterweight.data.graph.NodeRows;
import org.counterweight.data.graph.Nodes;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.recipe.data.GraphData;
import org.counterweight.model.part.graph.GraphBatch;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The nodes of graphs for a run. The graphs belong to the scope that is open when they are read.
 *
 * @param form how the model sees graphs; null for one that starts from random weights, which sees them as they are
 */
public record GraphRows(GraphData data, @Nullable GraphForm form) {
    /** Both graphs, which may be one. */
    private record Read(Graph source, @Nullable Graph target, GraphForm form) {
        Tensor sourceNodes() {
            return source.nodes().of(Nodes.SOURCE);
        }

        /** The graph of the target, and which of its nodes; null without a target. */
        Domains.@Nullable Side targetSide(@Nullable NeighbourSampling sampling) {
            if (target != null) {
                return new Domains.Side(target, target.nodes().of(Nodes.TARGET), sampling);
            }
            return source.nodes().domains() == null
                    ? null
                    : new Domains.Side(source, source.nodes().of(Nodes.TARGET), sampling);
        }
    }

    /**
     * Reads them all.
     *
     * @param remarks takes what is to be known of the graphs, a line each
     * @throws DataException if they cannot be read, or have too few labelled nodes
     */
    public Prepared read(Consumer<String> remarks, Seed seed) {
        Read read = graphs(remarks);
        NeighbourSampling sampling = sampling(read.source());
        NodeRows learnt = NodeRows.labelled(read.source(), read.sourceNodes());
        if (learnt.size() == 0) {
            throw new DataException(data.train() + ": no node has a label"
                    + (read.source().nodes().domains() == null ? "" : " within source_mask")
                    + "; there is nothing to learn");
        }
        NeighbourSampling ofTarget =
                read.target() == null || data.neighbours() == null ? sampling : sampling(read.target());
        Domains.Side target = read.targetSide(ofTarget);
        NodeRows judged = target == null ? null : NodeRows.labelled(target.graph(), target.nodes());
        Split<Dataset> split = parts(learnt, judged, remarks, seed);
        NodeRows told = target == null ? null : NodeRows.of(target.graph(), target.nodes());
        var domains = target == null
                ? null
                : new Domains(
                        new Domains.Side(read.source(), read.sourceNodes(), sampling),
                        target,
                        data.chooseBy() == GraphData.ChooseBy.SOURCE,
                        data.chooseBy() == GraphData.ChooseBy.SOURCE
                                ? Tensors.longs(new long[0])
                                : places(split.dev()));
        return new Prepared(
                        split,
                        read.source().nodes().labelNames(),
                        files(),
                        sampled(sampling, seed),
                        List.of(read.source().width()),
                        null,
                        Map.of(GraphForm.FILE, read.form().json()),
                        named(told == null ? names(read.source(), split.test()) : told.ids()))
                .in(domains, told);
    }

    private Read graphs(Consumer<String> remarks) {
        Path train = Path.of(data.train());
        GraphForm seen;
        Graph source;
        if (form != null) {
            seen = form;
            source = form.read(train, List.of());
        } else {
            source = GraphForm.made(train, GraphFiles.read(train, data.names(), List.of()), data.symmetrize());
            List<String> features = GraphForm.featuresOf(train, data.names());
            seen = new GraphForm(
                    features.isEmpty() ? data.names() : data.names().seeing(features),
                    source.width(),
                    data.symmetrize());
        }
        GraphFacts facts = GraphFacts.of(source);
        remarks.accept(train + ": " + facts.line());
        if (facts.edges() == 0) {
            remarks.accept(train + ": has no edges, so nodes are classified by their features alone");
        }
        if (data.target() == null) {
            return new Read(source, null, seen);
        }
        if (source.nodes().domains() != null) {
            throw new ConfigException("data.target: " + train
                    + " holds both domains by its source_mask and target_mask;" + " leave one of them out");
        }
        Path path = Path.of(data.target());
        Graph target = seen.read(path, source.nodes().labelNames());
        GraphFacts others = GraphFacts.of(target);
        remarks.accept(path + ": " + others.line());
        if (facts.isSymmetric() && !others.isSymmetric()) {
            remarks.accept("edges go both ways in " + train + " and one way in " + path
                    + "; data.symmetrize: max makes them alike");
        }
        return new Read(source, target, seen);
    }

    private @Nullable NeighbourSampling sampling(Graph graph) {
        return data.neighbours() == null ? null : NeighbourSampling.of(graph, data.neighbours());
    }

    private static UnaryOperator<BatchSource> sampled(@Nullable NeighbourSampling sampling, Seed seed) {
        return sampling == null
                ? UnaryOperator.identity()
                : batches -> sampling.over(batches, seed.child("neighbours"));
    }

    /** What is learnt, chosen by and judged by: nodes of the source, and of the target where that has labels. */
    private Split<Dataset> parts(NodeRows learnt, @Nullable NodeRows judged, Consumer<String> remarks, Seed seed) {
        boolean isJudged = judged != null && judged.size() > 0;
        if (data.chooseBy() == GraphData.ChooseBy.TARGET) {
            if (judged == null || !isJudged) {
                throw new ConfigException("data.choose_by: target looks at labels of the target, and there is "
                        + (judged == null ? "no target: give data.target" : "no labelled node in it")
                        + ", or take source");
            }
            Split<LabelledDataset> held = Split.stratified(judged, data.devShare(), 0, seed.child("target"));
            return Prepared.parts(learnt, held.dev(), held.train(), data, seed);
        }
        if (judged != null && !isJudged) {
            remarks.accept("no node of the target has a label: the result is judged by nodes of the source");
        }
        return Prepared.parts(learnt, null, isJudged ? judged : null, data, seed);
    }

    private static Tensor places(Dataset rows) {
        return rows.batch(IntStream.range(0, rows.size()).toArray()).get(GraphBatch.NODE);
    }

    private static List<String> names(Graph graph, Dataset rows) {
        var names = new ArrayList<String>();
        for (long node : Tensors.toLongs(places(rows))) {
            names.add(graph.nodes().id((int) node));
        }
        return names;
    }

    private static List<ObjectNode> named(List<String> ids) {
        return ids.stream()
                .map(id -> Configs.JSON.createObjectNode().put("id", id))
                .toList();
    }

    private List<Path> files() {
        var files = new ArrayList<>(List.of(Path.of(data.train())));
        if (data.target() != null) {
            files.add(Path.of(data.target()));
        }
        return files;
    }

    /** Refuses what can be told to be wrong without reading a graph. */
    public void check() {
        var columns = form == null ? data.names() : form.columns();
        files().forEach(file -> GraphFiles.check(file, columns));
    }
}
