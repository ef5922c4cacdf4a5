package org.counterweight.graph.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.catalogue.GraphRuns;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.BatchSource;
import org.counterweight.data.graph.Domains;
import org.counterweight.data.graph.Graph;
import org.counterweight.data.graph.NeighbourSampling;
import org.counterweight.data.graph.Nodes;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.graph.Csbm;
import org.counterweight.graph.structure.LabelledGraph;
import org.counterweight.graph.structure.StructureRatio;
import org.counterweight.model.part.Normalization;
import org.counterweight.model.part.graph.GcnLayer;
import org.counterweight.model.part.graph.GinLayer;
import org.counterweight.model.part.graph.GraphBatch;
import org.counterweight.model.part.graph.GraphLayer;
import org.counterweight.model.part.graph.MessageNorm;
import org.counterweight.model.part.graph.SageLayer;
import org.counterweight.model.zoo.graph.GraphNetwork;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.Trainer;
import org.counterweight.train.TrainingListener;
import org.counterweight.train.part.PartReport;
import org.counterweight.train.part.Plan;
import org.counterweight.train.part.Run;
import org.counterweight.train.part.Section;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EdgeReweighingTest {
    private static final TrainConfig CONFIG =
            TrainConfig.of("{epochs: 6, lr: 0.02, precision: float32, schedule: constant, warmup: 0}");

    private Scope scope;
    private Graph source;
    private Graph target;

    @BeforeEach
    void open() {
        scope = Scope.open();
        source = Csbm.ofThree(20, 0.3, 0.05).draw(new Seed(1));
        target = Csbm.ofThree(20, 0.3, 0.2).draw(new Seed(2));
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static StruRwConfig config(String yaml) {
        return Configs.bind(Configs.yaml(yaml, "test"), StruRwConfig.class, "reweigh_edges");
    }

    private static GraphNetwork network(GraphLayer layer) {
        return new GraphNetwork(layer, 2, List.of(8, 4), List.of(), 3, 0.1, Normalization.NONE);
    }

    private static GraphNetwork sage() {
        return network(new SageLayer(MessageNorm.WEIGHTED, false));
    }

    private Run run(GraphNetwork network) {
        return GraphRuns.of(CONFIG, 7, source, target, network);
    }

    private static Run trained(Run run) {
        try (var trainer = new Trainer(run.task(), run.config(), new TrainingListener() {}, null)) {
            trainer.run();
        }
        return run;
    }

    private Map<String, Tensor> weights(Run run) {
        var model = new LinkedHashMap<>(trained(run).task().params().weights());
        model.keySet().removeIf(name -> name.startsWith("domain."));
        return model;
    }

    private Map<String, Tensor> after(String yaml) {
        return weights(config(yaml).join(run(sage())));
    }

    private static boolean same(Map<String, Tensor> some, Map<String, Tensor> others) {
        return some.entrySet().stream()
                .allMatch(entry -> entry.getValue().equal(Objects.requireNonNull(others.get(entry.getKey()))));
    }

    @Test
    void nothingAppliedIsPlainTrainingToTheBit() {
        Map<String, Tensor> plain = weights(run(sage()));
        assertThat(same(after("{estimate: none}"), plain)).isTrue();
        assertThat(same(after("{lambda: 0, start_epoch: 1}"), plain)).isTrue();
        assertThat(same(after("{lambda: 1, start_epoch: 1}"), plain)).isFalse();
    }

    /** Each gives other weights, and none looks at labels of the target: shuffled, they change nothing. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{lambda: 1, start_epoch: 1, freq: 2}",
                "{alignment: dann}",
                "{alignment: {kind: cdan, entropy: true}}",
                "{alignment: cdan, estimate: none}",
                "{alignment: mmd}",
                "{alignment: mixup}",
                "{estimate: pair_align, start_epoch: 0, freq: 1}"
            })
    void labelsOfTheTargetAreNotLookedAt(String yaml) {
        Map<String, Tensor> first = after(yaml);
        Tensor shuffled = target.nodes().labels().flip(0);
        assertThat(shuffled.equal(target.nodes().labels())).isFalse();
        target = new Graph(
                new Nodes(target.nodes().features(), shuffled, target.nodes().labelNames(), List.of(), null),
                target.edges(),
                null);
        assertThat(same(after(yaml), first)).isTrue();
        assertThat(same(first, weights(run(sage())))).isFalse();
    }

    @Test
    void anOracleLooksAtThemAndSaysSo() {
        Run run = trained(
                config("{target_labels: oracle, lambda: 1, start_epoch: 1}").join(run(sage())));
        PartReport report = run.reports().get(0);
        assertThat(report.warnings()).anyMatch(line -> line.contains("oracle used all labels of the target"));
        StructureRatio wanted = StructureRatio.of(
                new LabelledGraph(source.edges(), source.nodes().labels(), 3),
                new LabelledGraph(target.edges(), target.nodes().labels(), 3));
        double[] values = Tensors.toDoubles(wanted.values());
        Section.Matrix matrix = (Section.Matrix) report.sections().get(0);
        for (int row = 0; row < 3; row++) {
            for (int column = 0; column < 3; column++) {
                assertThat(matrix.values()[row][column]).isEqualTo(values[3 * row + column], within(1e-12));
            }
        }
        assertThat(matrix.text()).contains("no result");
        Section.Table updates = (Section.Table) report.sections().get(1);
        assertThat(updates.rows()).hasSize(1);
        assertThat(updates.rows().get(0)).startsWith("1", "3");
    }

    /** A batch that is sampled has the weights of its edges. */
    @Test
    void edgesOfASampleAreWeighedToo() {
        var domains = new Domains(
                new Domains.Side(source, source.nodes().of(Nodes.SOURCE), null),
                new Domains.Side(target, target.nodes().of(Nodes.TARGET), null),
                true,
                Tensors.longs(new long[0]));
        var weights = new EdgeWeights(domains, 0.7);
        Tensor certain = torch.one_hot(target.nodes().labels(), 3).to(torch.ScalarType.Double);
        weights.update(3, new CountedPairs(null), certain, () -> certain);
        BatchSource batches =
                BatchSource.of(List.of(domains.source().all().rows(Tensors.longs(new long[] {3, 30, 50}))));
        var sampling = NeighbourSampling.of(source, List.of(2, 2));
        var sampled = weights.over(sampling.over(batches, new Seed(1))).epoch(0).apply(0);
        var whole = weights.over(batches).epoch(0).apply(0);
        Tensor edges = sampled.get(GraphBatch.EDGE);
        assertThat(sampled.get(GraphBatch.EDGE_WEIGHT)
                        .equal(whole.get(GraphBatch.EDGE_WEIGHT).index_select(0, edges)))
                .isTrue();
    }

    @Test
    void predictionsOfOneClassChangeNothingAndAreCounted() {
        var domains = Objects.requireNonNull(run(sage()).domains());
        var weights = new EdgeWeights(domains, 1);
        Tensor one = torch.zeros(new long[] {60, 3}, Tensors.options(torch.ScalarType.Double));
        one.select(1, 2).fill_(new Scalar(1));
        weights.update(0, new CountedPairs(null), one, () -> one);
        assertThat(weights.ratio()).isNull();
        assertThat(weights.updates()).hasSize(1).noneMatch(EdgeUpdate::isApplied);
        var sections = new EdgeSections(config("{}"), List.of("a", "b", "c"), weights);
        assertThat(sections.warnings()).anyMatch(line -> line.contains("1 of 1 estimates were skipped"));
        Tensor two = torch.zeros(new long[] {60, 3}, Tensors.options(torch.ScalarType.Double));
        two.select(1, 0).fill_(new Scalar(1));
        two.select(0, 5).select(0, 1).fill_(new Scalar(2));
        weights.update(1, new CountedPairs(null), two, () -> two);
        assertThat(sections.warnings()).anyMatch(line -> line.contains("no node of the target was predicted to be c"));
        double[] ratio = Tensors.toDoubles(Objects.requireNonNull(weights.ratio()));
        for (int i : new int[] {2, 5, 6, 7, 8}) {
            assertThat(ratio[i]).isEqualTo(1);
        }
    }

    /** One graph with both domains: only edges into the source count otherwise. */
    @Test
    void oneGraphHoldsBothDomains() {
        Tensor domains = Tensors.longs(new long[60]);
        domains.index_fill_(
                0, Tensors.longs(java.util.stream.LongStream.range(40, 60).toArray()), new Scalar(1L));
        var nodes = new Nodes(
                source.nodes().features(),
                source.nodes().labels(),
                source.nodes().labelNames(),
                List.of(),
                domains);
        var shared = new Graph(nodes, source.edges(), null);
        var both = new Domains(
                new Domains.Side(shared, nodes.of(Nodes.SOURCE), null),
                new Domains.Side(shared, nodes.of(Nodes.TARGET), null),
                true,
                Tensors.longs(new long[0]));
        assertThat(both.isOneGraph()).isTrue();
        Tensor told = Tensors.longs(new Seed(4).random().longs(20, 0, 3).toArray());
        var edges = new DomainEdges(both);
        Tensor ratio = edges.ratio(told).values();
        Tensor weights = edges.factors(ratio, told, 1);
        Tensor intoTarget = shared.edges().select(0, 1).ge(new Scalar(40L));
        assertThat(Tensors.toDoubles(weights.masked_select(intoTarget))).containsOnly(1);
        assertThat(edges.targetEdges().min().item_long()).isGreaterThanOrEqualTo(40);
    }

    @Test
    void everyKindOfLayerLearnsOtherwiseOnOtherEdges() {
        for (GraphLayer layer :
                List.of(new GcnLayer(MessageNorm.WEIGHTED, true, false), new GinLayer(), sage().layer())) {
            Map<String, Tensor> plain = weights(run(network(layer)));
            Map<String, Tensor> weighed = weights(
                    config("{lambda: 1, start_epoch: 1, target_labels: oracle}").join(run(network(layer))));
            assertThat(same(plain, weighed)).as(layer.toString()).isFalse();
        }
    }

    @Test
    void whatDoesNotGoTogetherIsRefused() {
        assertThatThrownBy(() -> config("{lambda: 1.5}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("reweigh_edges.lambda: 1.5 is not allowed");
        assertThatThrownBy(() -> config("{start_epoch: 9}").check(new Plan(CONFIG, null, null)))
                .hasMessageContaining(
                        "reweigh_edges.start_epoch: 9 is not allowed; expected below train.epochs, which is 6");
        assertThatThrownBy(() -> config("{target_labels: valid}").join(run(sage())))
                .hasMessageContaining("data.choose_by: source there are none");
        var normed = new GraphNetwork(sage().layer(), 2, List.of(4), List.of(), 3, 0, Normalization.BATCH);
        assertThatThrownBy(() -> config("{alignment: mixup}").join(run(normed)))
                .hasMessageContaining("model.architecture.norm: none");
    }
}
