package org.counterweight.studies.graph;

import java.util.LinkedHashMap;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.data.BatchSource;
import org.counterweight.data.Batching;
import org.counterweight.data.graph.Domains;
import org.counterweight.data.graph.Graph;
import org.counterweight.data.graph.NodeRows;
import org.counterweight.data.graph.Nodes;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.graph.run.StruRwConfig;
import org.counterweight.model.Params;
import org.counterweight.model.zoo.graph.GraphNetwork;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.Trainer;
import org.counterweight.train.TrainingListener;
import org.counterweight.train.measure.Evaluator;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.part.ClassRows;
import org.counterweight.train.part.Run;

/**
 * A network trained on the source's nodes and judged, as it is after the last epoch, on the target's.
 *
 * @param train of the source's nodes those that are learnt, {@code int64 [n]}
 * @param epochs each of one step on all of them
 */
record NodeTraining(Domains domains, Tensor train, GraphNetwork network, int epochs, double rate, Seed seed) {
    /** Two graphs: all marked nodes of the one are learnt, all of the other judge, and nothing is chosen by them. */
    static Domains between(Graph source, Graph target) {
        return new Domains(
                new Domains.Side(source, source.nodes().of(Nodes.SOURCE), null),
                new Domains.Side(target, target.nodes().of(Nodes.TARGET), null),
                true,
                Tensors.longs(new long[0]));
    }

    /** The share of the target's labelled nodes that are told right, by the settings of {@code reweigh_edges} in YAML. */
    double accuracy(String settings) {
        StruRwConfig config = Configs.bind(Configs.yaml(settings, "study"), StruRwConfig.class, "reweigh_edges");
        NodeRows rows = NodeRows.labelled(domains.source().graph(), train);
        var weights =
                new LinkedHashMap<>(network.initialize(seed.child("weights").generator()));
        weights.replaceAll((name, tensor) -> tensor.requires_grad_(true));
        Params params = Params.of(weights);
        BatchSource batches = BatchSource.shuffled(rows, new Batching(rows.size(), 1), seed.child("order"));
        TrainConfig training = TrainConfig.of("{epochs: " + epochs + ", batch_size: " + rows.size() + ", lr: " + rate
                + ", weight_decay: 0.0, optimizer: {name: adam}, schedule: {shape: step, every: 50, factor: 0.8},"
                + " warmup: 0, clip: null, precision: float32, seed: " + seed.value() + "}");
        Run run = new Run(
                        Task.of(network, params, batches, new CrossEntropy(0)),
                        training,
                        order -> batches,
                        new TrainingListener() {})
                .with(new ClassRows(rows, null))
                .with(domains)
                .joinedBy(List.of(config));
        try (var trainer = new Trainer(run.task(), run.config(), new TrainingListener() {}, null)) {
            trainer.run();
        }
        NodeRows judged =
                NodeRows.labelled(domains.target().graph(), domains.target().nodes());
        return Evaluator.of(
                        BatchSource.byLength(judged, Batching.reading(judged, judged.size())),
                        new CrossEntropy(0),
                        rows.labelNames())
                .evaluate(network, params)
                .metric("accuracy");
    }
}
