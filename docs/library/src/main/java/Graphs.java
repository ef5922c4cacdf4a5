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
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.graph.Csbm;
import org.counterweight.graph.run.StruRwConfig;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.Normalization;
import org.counterweight.model.part.graph.MessageNorm;
import org.counterweight.model.part.graph.SageLayer;
import org.counterweight.model.zoo.graph.GraphNetwork;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.Trainer;
import org.counterweight.train.TrainingListener;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.part.Run;

final class Graphs {
    /** Nodes of one graph are learnt, among edges weighed as another links its classes; then those of the other are told. */
    static void train() {
        try (var scope = Scope.open()) {
            Graph source = Csbm.ofThree(50, 0.1, 0.01).draw(new Seed(1)); // or GraphFiles.read(path)
            Graph target = Csbm.ofThree(50, 0.1, 0.05).draw(new Seed(2));
            var from = new Domains.Side(source, source.nodes().of(Nodes.SOURCE), null);
            var to = new Domains.Side(target, target.nodes().of(Nodes.TARGET), null);
            var layer = new SageLayer(MessageNorm.WEIGHTED, false);
            var network = new GraphNetwork(layer, 2, List.of(20, 10), List.of(), 3, 0.1, Normalization.NONE);
            var weights = new LinkedHashMap<>(network.initialize(new Seed(3).generator()));
            weights.replaceAll((name, tensor) -> tensor.requires_grad_(true));
            Params params = Params.of(weights);
            NodeRows rows = NodeRows.labelled(source, from.nodes());
            BatchSource batches = BatchSource.shuffled(rows, new Batching(rows.size(), 1), new Seed(4)); // all at once
            StruRwConfig reweigh = Configs.bind(
                    Configs.yaml("{lambda: 1.0, start_epoch: 20, freq: 10}", "reweigh_edges"),
                    StruRwConfig.class,
                    "reweigh_edges");
            Run run = new Run(
                            Task.of(network, params, batches, new CrossEntropy(0)),
                            TrainConfig.of("{epochs: 60, lr: 7e-3, weight_decay: 0.0}"),
                            order -> batches,
                            new TrainingListener() {})
                    .with(new Domains(from, to, true, Tensors.longs(new long[0])))
                    .joinedBy(List.of(reweigh));
            try (var trainer = new Trainer(run.task(), run.config(), new TrainingListener() {}, null)) {
                trainer.run();
            }
            Tensor logits = network.forward(params, to.all(), Pass.evaluation()).logits();
            System.out.println("told of the first node: " + logits.select(0, 0).argmax().item_long());
        }
    }
}
