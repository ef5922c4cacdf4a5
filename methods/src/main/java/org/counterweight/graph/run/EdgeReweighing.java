package org.counterweight.graph.run;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.data.graph.Domains;
import org.counterweight.data.graph.Nodes;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.graph.Updates;
import org.counterweight.graph.domain.DomainObjective;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.Initial;
import org.counterweight.model.part.Normalization;
import org.counterweight.model.zoo.graph.GraphNetwork;
import org.counterweight.train.Task;
import org.counterweight.train.event.Moment;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.measure.Evaluator;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.part.PartReport;
import org.counterweight.train.part.Run;
import org.counterweight.train.part.Section;
import org.counterweight.train.state.Remembering;

/** StruRW inside a run: before an epoch that is due, the target is asked and the edges of the source are weighed anew. */
final class EdgeReweighing implements TrainingEvents, Remembering, PartReport {
    /** The path of the discriminator's weights, which train beside the model and are no part of it. */
    private static final String BESIDE = "domain";

    private final StruRwConfig config;
    private final Domains domains;
    private final GraphNetwork network;
    private final Updates updates;
    private final long settled;
    private final EdgeWeights weights;

    private EdgeReweighing(StruRwConfig config, Run run, EdgeWeights weights) {
        this.config = config;
        this.domains = domains(run);
        this.network = network(run);
        this.updates = config.updates(run.config().epochs());
        long epoch = run.config().stepsPerEpoch(run.task().data().batches());
        this.settled = config.estimate().weighs() && domains.choosesBySource() ? updates.start() * epoch + 1 : 0;
        this.weights = weights;
    }

    private static Domains domains(Run run) {
        Domains domains = run.domains();
        if (domains == null) {
            throw new ConfigException(StruRwConfig.KEY
                    + " weighs edges of one graph as another links its classes, and there is no other: give data.target, or"
                    + " a graph with source_mask and target_mask, or leave it out");
        }
        return domains;
    }

    private static GraphNetwork network(Run run) {
        if (run.task().model() instanceof GraphNetwork network) {
            return network;
        }
        throw new ConfigException(
                StruRwConfig.KEY + " weighs edges, and this model sees none; take graphsage, gcn or gin");
    }

    /** Refuses what the data and the model tell to be wrong. */
    static void check(StruRwConfig config, Run run) {
        Domains domains = domains(run);
        GraphNetwork network = network(run);
        if (!(run.task().objective() instanceof CrossEntropy)) {
            throw new ConfigException(StruRwConfig.KEY
                    + " minimises the cross entropy of classes, and another part of the recipe has put another loss in its"
                    + " place; leave one of them out");
        }
        if (config.targetLabels() == TargetLabels.VALID && domains.choosesBySource()) {
            throw new ConfigException(StruRwConfig.KEY + ".target_labels: valid are those to choose by, and with"
                    + " data.choose_by: source there are none; take none, or data.choose_by: target");
        }
        if (config.alignment().mixes() && network.norm() != Normalization.NONE) {
            throw new ConfigException(
                    StruRwConfig.KEY
                            + ".alignment: mixup mixes what a batch normalisation would tear apart; set model.architecture.norm: none");
        }
    }

    static Run joined(StruRwConfig config, Run run) {
        check(config, run);
        Domains domains = domains(run);
        GraphNetwork network = network(run);
        Seed seed = new Seed(run.config().seed()).child(StruRwConfig.KEY);
        var weights = new EdgeWeights(domains, config.lambda());
        Task task = run.task();
        Params params = task.params().replacing(beside(config, network, task.params(), seed.child(BESIDE)));
        var objective = new DomainObjective(
                config.alignment(), domains, run.config().epochs(), weights::classWeights, BESIDE, seed.child("steps"));
        Evaluator evaluator = task.evaluator();
        Task weighed = task.of(params).over(weights.over(task.data())).towards(objective);
        if (evaluator != null && domains.choosesBySource()) {
            weighed = weighed.evaluatedBy(evaluator.over(weights.over(evaluator.data())));
        }
        Run joined = run.with(weighed);
        return joined.with(weighed.with((TrainingEvents) new EdgeReweighing(config, joined, weights)));
    }

    private static Map<String, Tensor> beside(StruRwConfig config, GraphNetwork network, Params params, Seed seed) {
        int width = network.hidden().get(network.hidden().size() - 1);
        Map<String, long[]> shapes = config.alignment().shapes(width, network.classes());
        var drawn = new LinkedHashMap<String, Tensor>();
        if (shapes.isEmpty()) {
            return drawn;
        }
        var random = seed.generator();
        shapes.forEach((name, shape) -> {
            long[] weight = Objects.requireNonNull(shapes.get(name.replaceFirst("bias$", "weight")));
            Tensor start = Tensors.to(Initial.fanIn(shape, weight[1], random), params.device());
            drawn.put(BESIDE + "." + name, start.requires_grad_(true));
        });
        return drawn;
    }

    @Override
    public void beforeEpoch(Moment moment) {
        if (!config.estimate().weighs() || !updates.isDue(moment.epoch())) {
            return;
        }
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Tensor target = told(moment.params(), domains.target().all());
            weights.update(
                    moment.epoch(),
                    config.estimate(),
                    withLabels(target),
                    () -> told(moment.params(), domains.source().all()));
        }
    }

    /** The probabilities of nodes, {@code float64 [rows, C]}, on the processor. */
    private Tensor told(Params params, Batch batch) {
        Tensor logits = network.forward(params, batch.to(params.device()), Pass.evaluation())
                .logits();
        return Tensors.softmax(logits.cpu().to(ScalarType.Double), 1);
    }

    /** Where the settings allow it, true labels in place of what is told. */
    private Tensor withLabels(Tensor told) {
        if (config.targetLabels() == TargetLabels.NONE) {
            return told;
        }
        Nodes nodes = domains.target().graph().nodes();
        Tensor rows = domains.target().nodes();
        Tensor labels = nodes.labels().index_select(0, rows);
        Tensor seen = labels.ge(new Scalar(0L));
        if (config.targetLabels() == TargetLabels.VALID) {
            seen = seen.logical_and(torch.isin(rows, domains.chosen()));
        }
        Tensor certain =
                torch.one_hot(labels.clamp_min(new Scalar(0L)), told.size(1)).to(ScalarType.Double);
        return torch.where(seen.unsqueeze(1), certain, told);
    }

    /** Until edges are weighed the source is no picture of the target, and nothing is to be chosen by it. */
    @Override
    public long settledAfter() {
        return settled;
    }

    @Override
    public String unsettled() {
        return "edges are not weighed, and the source is no picture of the target";
    }

    @Override
    public Map<String, Tensor> state() {
        return weights.state();
    }

    @Override
    public void restore(Map<String, Tensor> state) {
        weights.restore(state);
    }

    private EdgeSections told() {
        return new EdgeSections(config, domains.source().graph().nodes().labelNames(), weights);
    }

    @Override
    public String announcement() {
        return told().announcement(updates.start());
    }

    @Override
    public List<String> warnings() {
        return told().warnings();
    }

    @Override
    public List<Section> sections() {
        return told().all();
    }

    @Override
    public void write(Path directory) {
        EdgeWeightFiles.write(directory, config, weights);
    }
}
