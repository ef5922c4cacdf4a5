package org.counterweight.data.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.part.graph.GraphBatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GraphEdgesTest {
    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Graph graph(int nodes, long... ends) {
        Tensor x = torch.arange(new Scalar(nodes)).unsqueeze(1);
        Tensor labels = Tensors.longs(new long[nodes]);
        return new Graph(
                new Nodes(x.to(torch.ScalarType.Float), labels, List.of("a"), List.of(), null),
                Tensors.longs(ends, 2, ends.length / 2),
                null);
    }

    private static Graph random(int nodes, int edges) {
        return graph(nodes, new Seed(1).random().longs(2L * edges, 0, nodes).toArray());
    }

    @Test
    void whatIsUnusualInEdgesIsTold() {
        // 0 -> 1 twice, 1 -> 0, 2 -> 2; 3 alone
        GraphFacts facts = GraphFacts.of(graph(4, 0, 0, 1, 2, 1, 1, 0, 2));
        assertThat(facts).isEqualTo(new GraphFacts(4, 4, 2, 1, 1, true));
        assertThat(facts.line())
                .isEqualTo("4 nodes (2 without edges), 4 edges, in both directions, 1 from a node to itself,"
                        + " 1 of them repeated");
        assertThat(GraphFacts.of(graph(2, 0, 1)).line()).isEqualTo("2 nodes, 1 edges, directed");
        assertThat(GraphFacts.of(graph(2)).line()).isEqualTo("2 nodes (2 without edges), 0 edges");
    }

    @Test
    void edgesAreMadeToGoBothWays() {
        Graph graph = graph(3, 0, 0, 1, 1, 2, 1, 1, 0, 2, 2); // 0 -> 1 twice, 1 -> 0, 1 -> 2, 2 -> 2
        assertThat(graph.made(Symmetry.NONE)).isSameAs(graph);
        assertThat(matrix(graph.made(Symmetry.MAX))).containsExactly(0, 2, 0, 2, 0, 1, 0, 1, 1);
        assertThat(matrix(graph.made(Symmetry.SUM))).containsExactly(0, 3, 0, 3, 0, 1, 0, 1, 2);
        var weighed = new Graph(graph.nodes(), graph.edges(), Tensors.floats(new float[] {1, 2, 3, 4, 5}));
        assertThat(Tensors.toFloats(
                        Objects.requireNonNull(weighed.made(Symmetry.SUM).weights())))
                .containsExactly(1, 2, 3, 4, 5, 1, 2, 3, 4, 5);
        assertThatThrownBy(() -> weighed.made(Symmetry.MAX)).hasMessageContaining("symmetrize: max counts edges");
    }

    private static double[] matrix(Graph graph) {
        double[] counts = new double[graph.size() * graph.size()];
        long[] ends = Tensors.toLongs(graph.edges().contiguous());
        int edges = ends.length / 2;
        for (int e = 0; e < edges; e++) {
            counts[(int) (ends[e] * graph.size() + ends[edges + e])]++;
        }
        return counts;
    }

    private static Batch rows(Graph graph, int... nodes) {
        return NodeRows.of(graph, graph.nodes().of(Nodes.SOURCE)).batch(nodes);
    }

    @Test
    void aSampleHasAtMostSoManyEdgesIntoANodeAndNoneTwice() {
        Graph graph = random(40, 400);
        long[] ends = Tensors.toLongs(graph.edges());
        var sampling = NeighbourSampling.of(graph, List.of(3, 2));
        Batch batch = sampling.sampled(rows(graph, 5, 7, 5), new Seed(2));
        long[] edges = Tensors.toLongs(batch.get(GraphBatch.EDGE));
        assertThat(new HashSet<>(Arrays.stream(edges).boxed().toList())).hasSize(edges.length);
        int[] into = new int[40];
        Arrays.stream(edges).forEach(edge -> into[(int) ends[400 + (int) edge]]++);
        assertThat(into[5]).isEqualTo(3);
        assertThat(into[7]).isEqualTo(3);
        Set<Long> near = new HashSet<>();
        IntStream.range(0, edges.length)
                .filter(i -> ends[400 + (int) edges[i]] == 5 || ends[400 + (int) edges[i]] == 7)
                .forEach(i -> near.add(ends[(int) edges[i]]));
        for (int node = 0; node < 40; node++) {
            boolean isSeed = node == 5 || node == 7;
            assertThat(into[node]).isLessThanOrEqualTo(isSeed ? 3 : near.contains((long) node) ? 2 : 0);
        }
        // each edge leads from where it led, by what its ends are called
        float[] x = Tensors.toFloats(batch.get(GraphBatch.FEATURES));
        long[] local = Tensors.toLongs(batch.get(GraphBatch.EDGE_INDEX).contiguous());
        for (int i = 0; i < edges.length; i++) {
            assertThat((long) x[(int) local[i]]).isEqualTo(ends[(int) edges[i]]);
            assertThat((long) x[(int) local[edges.length + i]]).isEqualTo(ends[400 + (int) edges[i]]);
        }
        long[] places = Tensors.toLongs(batch.get(GraphBatch.NODE));
        assertThat(Arrays.stream(places).mapToDouble(place -> x[(int) place]).toArray())
                .containsExactly(5, 7, 5);
    }

    @Test
    void allNeighboursAreTheWholeNeighbourhood() {
        Graph graph = random(30, 90);
        Batch batch = NeighbourSampling.of(graph, List.of(1000)).sampled(rows(graph, 3), new Seed(1));
        long[] ends = Tensors.toLongs(graph.edges());
        long wanted = IntStream.range(0, 90).filter(e -> ends[90 + e] == 3).count();
        assertThat(batch.get(GraphBatch.EDGE).size(0)).isEqualTo(wanted);
        Batch alone = NeighbourSampling.of(graph(3, 0, 1), List.of(2)).sampled(rows(graph(3, 0, 1), 2), new Seed(1));
        assertThat(alone.get(GraphBatch.EDGE).size(0)).isZero();
        assertThat(alone.get(GraphBatch.FEATURES).size(0)).isEqualTo(1);
    }

    @Test
    void samplesAreDrawnAnewEachEpochAndTheSameForTheSameSeed() {
        Graph graph = random(40, 400);
        var sampling = NeighbourSampling.of(graph, List.of(2));
        BatchSource batches = BatchSource.of(List.of(rows(graph, 1, 2, 3)));
        BatchSource sampled = sampling.over(batches, new Seed(9));
        long[] first = Tensors.toLongs(sampled.epoch(0).apply(0).get(GraphBatch.EDGE));
        long[] second = Tensors.toLongs(sampled.epoch(1).apply(0).get(GraphBatch.EDGE));
        assertThat(second).isNotEqualTo(first);
        assertThat(Tensors.toLongs(
                        sampling.over(batches, new Seed(9)).epoch(0).apply(0).get(GraphBatch.EDGE)))
                .isEqualTo(first);
        assertThatThrownBy(() -> NeighbourSampling.of(graph, List.of(0))).hasMessageContaining("neighbours: [0]");
    }

    /** Each edge into a node has the same chance. */
    @Test
    void theMeanOfSamplesIsTheMean() {
        Graph graph = graph(11, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        var sampling = NeighbourSampling.of(graph, List.of(3));
        int[] times = new int[10];
        for (int i = 0; i < 600; i++) {
            try (var inner = Scope.open()) {
                for (long edge : Tensors.toLongs(
                        sampling.sampled(rows(graph, 0), new Seed(i)).get(GraphBatch.EDGE))) {
                    times[(int) edge]++;
                }
            }
        }
        assertThat(Arrays.stream(times).sum()).isEqualTo(1800);
        assertThat(Arrays.stream(times).boxed().toList())
                .allSatisfy(count -> assertThat(count).isBetween(130, 230));
    }
}
