package org.counterweight.graph.structure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StructureTest {
    private static final int CLASSES = 3;

    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /** Random edges and labels, in which no class is empty. */
    private static LabelledGraph graph(int seed, int nodes, int edges) {
        SplittableRandom random = new Seed(seed).random();
        long[] ends = random.longs(2L * edges, 0, nodes).toArray();
        long[] labels = random.longs(nodes, 0, CLASSES).toArray();
        for (int i = 0; i < CLASSES; i++) {
            labels[i] = i;
        }
        return new LabelledGraph(Tensors.longs(ends, 2, edges), Tensors.longs(labels), CLASSES);
    }

    private static Tensor both(Tensor edges) {
        return torch.cat(new TensorVector(edges, edges.flip(0)), 1);
    }

    private static double[] values(Tensor tensor) {
        return Tensors.toDoubles(tensor);
    }

    private static void same(Tensor found, Tensor wanted) {
        assertThat(values(found)).containsExactly(values(wanted), within(1e-13));
    }

    private static Tensor of(Tensor rows, int[] order) {
        return rows.index_select(0, longs(order));
    }

    private static Tensor longs(int[] values) {
        return Tensors.longs(Arrays.stream(values).asLongStream().toArray());
    }

    @Test
    void theSameGraphOnBothSidesIsWeighedOne() {
        LabelledGraph graph = graph(1, 20, 60);
        StructureRatio ratio = StructureRatio.of(graph, graph);
        assertThat(values(ratio.values())).containsOnly(1);
        assertThat(values(StructureRatio.weights(ratio.values(), graph))).containsOnly(1);
    }

    @Test
    void countsAreOfAllEdgesAndOfUndirectedOnesSymmetric() {
        LabelledGraph graph = graph(2, 15, 70);
        assertThat(graph.counts().edges().sum().item_double()).isEqualTo(70);
        var undirected = new LabelledGraph(both(graph.edges()), graph.labels(), CLASSES);
        Tensor b = undirected.counts().probabilities();
        same(b, b.t());
    }

    @Test
    void rowsAreTheReceivers() {
        var graph =
                new LabelledGraph(Tensors.longs(new long[] {0, 0, 0, 1}, 2, 2), Tensors.longs(new long[] {0, 1, 1}), 2);
        assertThat(values(graph.counts().edges())).containsExactly(1, 0, 1, 0); // 0 -> 0 and 0 -> 1
        assertThat(values(graph.counts().probabilities())).containsExactly(1, 0, 0.5, 0);
    }

    @Test
    void weightedCountsAreThoseOfTheTarget() {
        LabelledGraph source = graph(3, 18, 200);
        StructureRatio ratio = StructureRatio.of(source, graph(4, 25, 300));
        assertThat(source.counts().edges().min().item_double()).isPositive();
        Tensor weights = StructureRatio.weights(ratio.values(), source);
        Tensor sums = source.pairs().bincount(Tensors.optional(weights), CLASSES * CLASSES);
        Tensor sizes = source.sizes();
        assertThat(values(sums)).containsExactly(values(sizes.outer(sizes).mul(ratio.target())), within(1e-11));
    }

    @Test
    void theOrderOfNodesAndEdgesDoesNotMatter() {
        LabelledGraph graph = graph(5, 12, 50);
        int[] order = new Seed(6).permutation(12);
        Tensor numbers = longs(order).argsort();
        Tensor renumbered =
                numbers.index_select(0, graph.edges().flatten()).view(2, 50).flip(1);
        var moved = new LabelledGraph(renumbered, of(graph.labels(), order), CLASSES);
        same(moved.counts().probabilities(), graph.counts().probabilities());
    }

    @Test
    void otherNamesOfClassesMoveRowsAndColumns() {
        LabelledGraph source = graph(7, 18, 80);
        LabelledGraph target = graph(8, 18, 80);
        int[] names = {2, 0, 1};
        Tensor renamed = longs(names);
        StructureRatio ratio = StructureRatio.of(
                new LabelledGraph(source.edges(), renamed.index_select(0, source.labels()), CLASSES),
                new LabelledGraph(target.edges(), renamed.index_select(0, target.labels()), CLASSES));
        Tensor moved = ratio.values().index_select(0, renamed).index_select(1, renamed);
        same(moved, StructureRatio.of(source, target).values());
    }

    @Test
    void twinsOfAllTargetNodesChangeNothing() {
        LabelledGraph target = graph(9, 14, 60);
        Tensor from = target.edges().select(0, 0);
        Tensor to = target.edges().select(0, 1);
        Tensor twinFrom = from.add(new Scalar(14L));
        Tensor twinTo = to.add(new Scalar(14L));
        Tensor senders = torch.cat(new TensorVector(from, twinFrom, from, twinFrom), 0);
        Tensor receivers = torch.cat(new TensorVector(to, twinTo, twinTo, to), 0);
        var doubled = new LabelledGraph(
                torch.stack(new TensorVector(senders, receivers), 0),
                torch.cat(new TensorVector(target.labels(), target.labels()), 0),
                CLASSES);
        same(doubled.counts().probabilities(), target.counts().probabilities());
    }

    @Test
    void theRatioFollowsTheTargetAndIsClipped() {
        StructureRatio ratio = StructureRatio.of(graph(10, 18, 200), graph(11, 18, 200));
        var more = new StructureRatio(ratio.source(), Tensors.times(ratio.target(), 4));
        same(more.values(), Tensors.times(ratio.values(), 4));
        assertThat(more.values(2).max().item_double()).isEqualTo(2);
    }

    @Test
    void whatHasNoRatioIsOneAndWhatTheTargetLacksIsZero() {
        Tensor source = Tensors.doubles(new double[] {0, 0.5, Double.NaN, 0}, 2, 2);
        Tensor target = Tensors.doubles(new double[] {0.5, 0, 0.1, 0}, 2, 2);
        assertThat(values(new StructureRatio(source, target).values())).containsExactly(1, 0, 1, 1);
    }

    @Test
    void nodesOfNeitherDomainAreNotCounted() {
        // S: 0, 1; T: 2, 3; neither: 4, whose label is none
        Tensor edges = Tensors.longs(new long[] {0, 2, 4, 0, 4, 3, 1, 0, 0, 3, 3, 4}, 2, 6);
        Tensor labels = Tensors.longs(new long[] {0, 1, 1, 0, -1});
        Tensor s = Tensors.longs(new long[] {1, 1, 0, 0, 0});
        Tensor t = Tensors.longs(new long[] {0, 0, 1, 1, 0});
        var graph = new SharedGraph(edges, labels, 2, s, t);
        StructureRatio ratio = graph.ratio();
        assertThat(values(ratio.source())).containsExactly(0, 0.5, 0.5, 0); // 2 -> 0 and 0 -> 1
        assertThat(values(ratio.target())).containsExactly(0.5, 0, 0, 0); // 0 -> 3
        assertThat(values(ratio.values())).containsExactly(1, 0, 0, 1);
        assertThat(values(graph.weights(Tensors.doubles(new double[] {2, 3, 4, 5}, 2, 2))))
                .containsExactly(4, 3, 1, 1, 1, 1);
    }

    @Test
    void listsAreRatedAsPairsByTheirMeanOrPooled() {
        var sources = List.of(graph(12, 9, 40), graph(13, 12, 60));
        var targets = List.of(graph(14, 9, 40), graph(15, 15, 50));
        List<StructureRatio> pairs = GraphAverage.PER_PAIR.ratios(sources, targets);
        same(
                pairs.get(1).values(),
                StructureRatio.of(sources.get(1), targets.get(1)).values());
        Tensor mean = Tensors.times(pairs.get(0).target().add(pairs.get(1).target()), 0.5);
        same(GraphAverage.MEAN.ratios(sources, targets).get(1).target(), mean);
        PairCounts first = sources.get(0).counts();
        PairCounts second = sources.get(1).counts();
        same(
                GraphAverage.POOLED.ratios(sources, targets).get(0).source(),
                first.edges().add(second.edges()).div(first.possible().add(second.possible())));
        assertThatThrownBy(() -> GraphAverage.PER_PAIR.ratios(sources, targets.subList(0, 1)))
                .hasMessageContaining("2 source graphs cannot be paired with 1");
        assertThat(GraphAverage.POOLED.ratios(sources, targets.subList(0, 1))).hasSize(2);
    }

    @Test
    void theShiftOfAGraphFromItselfIsNone() {
        Tensor b = graph(16, 18, 200).counts().probabilities();
        assertThat(StructureShift.between(b, b)).isEqualTo(new StructureShift(0, 0, 1));
    }

    @Test
    void theFirstWrongNodeOrEdgeIsNamed() {
        Tensor edges = Tensors.longs(new long[] {0, 1, 1, 7}, 2, 2);
        Tensor labels = Tensors.longs(new long[] {0, 1});
        assertThatThrownBy(() -> new LabelledGraph(edges, labels, 2)).hasMessageContaining("edge 1 has the end 7");
        Tensor fine = Tensors.longs(new long[] {0, 1, 1, 0}, 2, 2);
        assertThatThrownBy(() -> new LabelledGraph(fine, Tensors.longs(new long[] {0, 5}), 2))
                .hasMessageContaining("node 1 has the label 5");
        assertThatThrownBy(() -> new LabelledGraph(fine, Tensors.longs(new long[] {-1, 0}), 2))
                .hasMessageContaining("node 0 has the label -1");
        Tensor all = Tensors.longs(new long[] {1, 1});
        Tensor last = Tensors.longs(new long[] {0, 1});
        assertThatThrownBy(() -> new SharedGraph(fine, labels, 2, all, last)).hasMessageContaining("node 1 is in both");
        assertThat(new LabelledGraph(fine, all, 2).isOfOneClass()).isTrue();
        assertThat(new LabelledGraph(fine, labels, 2).isOfOneClass()).isFalse();
    }

    @Test
    void aGraphWithoutEdgesIsCounted() {
        Tensor none = Tensors.longs(new long[0], 2, 0);
        var graph = new LabelledGraph(none, Tensors.longs(new long[] {0, 1}), 2);
        assertThat(values(graph.counts().probabilities())).containsOnly(0);
        assertThat(values(StructureRatio.of(graph, graph).values())).containsOnly(1);
    }
}
