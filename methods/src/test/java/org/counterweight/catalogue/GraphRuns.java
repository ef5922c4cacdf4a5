package org.counterweight.catalogue;

import java.util.LinkedHashMap;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.BatchSource;
import org.counterweight.data.Batching;
import org.counterweight.data.graph.Domains;
import org.counterweight.data.graph.Graph;
import org.counterweight.data.graph.NodeRows;
import org.counterweight.data.graph.Nodes;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.graph.Csbm;
import org.counterweight.model.Params;
import org.counterweight.model.part.Normalization;
import org.counterweight.model.part.graph.MessageNorm;
import org.counterweight.model.part.graph.SageLayer;
import org.counterweight.model.zoo.graph.GraphNetwork;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.TrainingListener;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.part.ClassRows;
import org.counterweight.train.part.Run;

/** A small run on nodes of two domains. */
public final class GraphRuns {
    private GraphRuns() {}

    /** @param seed of what training moves */
    public static Run of(TrainConfig config, long seed) {
        return of(
                config,
                seed,
                Csbm.ofThree(20, 0.3, 0.05).draw(new Seed(1)),
                Csbm.ofThree(20, 0.3, 0.2).draw(new Seed(2)),
                new GraphNetwork(
                        new SageLayer(MessageNorm.WEIGHTED, false),
                        2,
                        List.of(8, 4),
                        List.of(),
                        3,
                        0.1,
                        Normalization.NONE));
    }

    /** All nodes of the source are learnt, in two batches an epoch. */
    public static Run of(TrainConfig config, long seed, Graph source, Graph target, GraphNetwork network) {
        Tensor nodes = source.nodes().of(Nodes.SOURCE);
        NodeRows rows = NodeRows.of(source, nodes);
        var weights = new LinkedHashMap<>(network.initialize(new Seed(seed).generator()));
        weights.replaceAll((name, tensor) -> tensor.requires_grad_(true));
        BatchSource batches = BatchSource.shuffled(rows, new Batching(30, 1), new Seed(3));
        var domains = new Domains(
                new Domains.Side(source, nodes, null),
                new Domains.Side(target, target.nodes().of(Nodes.TARGET), null),
                true,
                Tensors.longs(new long[0]));
        return new Run(
                        Task.of(network, Params.of(weights), batches, new CrossEntropy(0)),
                        config,
                        i -> batches,
                        new TrainingListener() {})
                .with(new ClassRows(rows, null))
                .with(domains);
    }
}
