package org.counterweight.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.data.BatchSource;
import org.counterweight.data.Batching;
import org.counterweight.data.graph.Domains;
import org.counterweight.data.graph.Graph;
import org.counterweight.data.graph.NodeRows;
import org.counterweight.data.graph.Nodes;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.graph.run.StruRwConfig;
import org.counterweight.model.Params;
import org.counterweight.model.part.Normalization;
import org.counterweight.model.part.graph.GcnLayer;
import org.counterweight.model.part.graph.GraphLayer;
import org.counterweight.model.part.graph.MessageNorm;
import org.counterweight.model.part.graph.SageLayer;
import org.counterweight.model.zoo.graph.GraphNetwork;
import org.counterweight.train.StepReport;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.Trainer;
import org.counterweight.train.TrainingListener;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.part.Run;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Times epochs of a graph network on a graph of random edges, each epoch one step on all nodes, by the trainer that users run;
 * {@code bench/peer_graph.py} does the same with PyTorch Geometric. With {@code --reweigh} edges are weighed before every epoch.
 */
@Command(name = "graph", description = "Times epochs on a graph; prints one JSON line.")
final class GraphBenchmark implements Callable<Integer> {
    private static final int CLASSES = 10;

    @Option(names = "--layer", defaultValue = "graphsage", description = "graphsage or gcn")
    String layer = "graphsage";

    @Option(names = "--nodes", defaultValue = "100000")
    int nodes = 100_000;

    @Option(names = "--edges", defaultValue = "1000000")
    int edges = 1_000_000;

    @Option(names = "--features", defaultValue = "64")
    int features = 64;

    @Option(names = "--hidden", defaultValue = "64")
    int hidden = 64;

    @Option(names = "--epochs", defaultValue = "15")
    int epochs = 15;

    @Option(names = "--warmup", defaultValue = "5")
    int warmup = 5;

    @Option(names = "--threads", defaultValue = "2")
    int threads = 2;

    @Option(names = "--reweigh", description = "weigh edges before every epoch")
    boolean reweigh;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new GraphBenchmark()).execute(arguments));
    }

    @Override
    public Integer call() {
        Engine.setThreads(threads);
        try (var scope = Scope.open()) {
            Graph graph = drawn(new Seed(1));
            Tensor all = graph.nodes().of(Nodes.SOURCE);
            GraphLayer kind = layer.equals("gcn")
                    ? new GcnLayer(MessageNorm.UNWEIGHTED, false, false)
                    : new SageLayer(MessageNorm.UNWEIGHTED, false);
            var network = new GraphNetwork(
                    kind, features, List.of(hidden, hidden), List.of(), CLASSES, 0, Normalization.NONE);
            Map<String, Tensor> weights = new LinkedHashMap<>(network.initialize(new Seed(2).generator()));
            weights.replaceAll((name, tensor) -> tensor.requires_grad_(true));
            NodeRows rows = NodeRows.of(graph, all);
            BatchSource batches = BatchSource.shuffled(rows, new Batching(nodes, 1), new Seed(3));
            TrainConfig config = TrainConfig.of("{epochs: " + (warmup + epochs)
                    + ", lr: 1e-3, precision: float32, clip: null, optimizer: {name: adam}, weight_decay: 0.0}");
            Graph target = drawn(new Seed(4));
            Run run = new Run(
                            Task.of(network, Params.of(weights), batches, new CrossEntropy(0)),
                            config,
                            order -> batches,
                            new TrainingListener() {})
                    .with(new Domains(
                            new Domains.Side(graph, all, null),
                            new Domains.Side(target, all, null),
                            true,
                            Tensors.longs(new long[0])));
            if (reweigh) {
                run = run.joinedBy(List.of(Configs.bind(
                        Configs.yaml("{lambda: 1.0, start_epoch: 0, freq: 1}", "bench"),
                        StruRwConfig.class,
                        "reweigh_edges")));
            }
            System.out.printf(
                    Locale.ROOT,
                    "{\"layer\": \"%s\", \"nodes\": %d, \"edges\": %d, \"reweigh\": %b, \"median_ms\": %.1f}%n",
                    layer,
                    nodes,
                    edges,
                    reweigh,
                    median(run));
        }
        return 0;
    }

    private Graph drawn(Seed seed) {
        var random = seed.random();
        long[] ends = random.longs(2L * edges, 0, nodes).toArray();
        long[] labels = random.longs(nodes, 0, CLASSES).toArray();
        Tensor x = Tensors.zeros(nodes, features).normal_(0, 1, Tensors.optional(seed.generator()));
        List<String> names =
                IntStream.range(0, CLASSES).mapToObj(Integer::toString).toList();
        return new Graph(
                new Nodes(x, Tensors.longs(labels), names, List.of(), null), Tensors.longs(ends, 2, edges), null);
    }

    /** Of the times from the end of one epoch to the end of the next, what lies between them included. */
    private double median(Run run) {
        var ends = new ArrayList<Long>();
        var listener = new TrainingListener() {
            @Override
            public void stepped(StepReport report) {
                ends.add(System.nanoTime());
            }
        };
        try (var trainer = new Trainer(run.task(), run.config(), listener, null)) {
            trainer.run();
        }
        var times = new ArrayList<Double>();
        for (int i = warmup; i < ends.size(); i++) {
            times.add((ends.get(i) - ends.get(i - 1)) / 1e6);
        }
        return times.stream().sorted().skip(times.size() / 2).findFirst().orElseThrow();
    }
}
