package org.counterweight.graph.align;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.graph.structure.LabelledGraph;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PairAlignTest {
    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Tensor uniform(int seed, long... shape) {
        return torch.zeros(shape, Tensors.options(ScalarType.Double))
                .uniform_(0, 1, Tensors.optional(new Seed(seed).generator()));
    }

    private static LabelledGraph graph(int seed) {
        var random = new Seed(seed).random();
        return new LabelledGraph(
                Tensors.longs(random.longs(240, 0, 20).toArray(), 2, 120),
                Tensors.longs(random.longs(20, 0, 3).toArray()),
                3);
    }

    private static Tensor certain(LabelledGraph graph) {
        return torch.one_hot(graph.labels(), graph.classes()).to(ScalarType.Double);
    }

    /** The conditions of Karush, Kuhn and Tucker, which only the minimum meets. */
    @ParameterizedTest
    @ValueSource(doubles = {0.001, 0.05, 1, 25})
    void noOtherWeightsAreBetter(double strength) {
        int zeros = 0;
        for (int seed = 0; seed < 12; seed++) {
            int n = 3 + 4 * seed;
            Tensor c = uniform(100 + seed, n, n);
            Tensor t = Tensors.times(uniform(200 + seed, n), n); // far from what weights of 1 give
            Tensor m = uniform(300 + seed, n);
            m = m.div(m.sum());
            Tensor w = SimplexLeastSquares.solve(c, t, m, strength);
            double[] values = Tensors.toDoubles(w);
            assertThat(m.dot(w).item_double()).isEqualTo(1, within(1e-9));
            Tensor slopes = c.t().mv(c.mv(w).sub(t)).add(Tensors.times(Tensors.plus(w, -1), strength));
            double[] slope = Tensors.toDoubles(slopes.div(m)); // the same where w > 0, no less elsewhere
            double least = Tensors.toDoubles(slopes.div(m).min())[0];
            double scale = 1 + Math.abs(least);
            for (int i = 0; i < n; i++) {
                assertThat(values[i]).isNotNegative();
                zeros += values[i] == 0 ? 1 : 0;
                if (values[i] > 0) {
                    assertThat(slope[i]).isEqualTo(least, within(1e-6 * scale));
                }
            }
        }
        assertThat(zeros).isPositive();
    }

    @Test
    void certainPredictionsGiveTheSharesThemselves() {
        LabelledGraph source = graph(1);
        LabelledGraph target = graph(2);
        PairAlign.Evidence pairs = PairAlign.ofPairs(source, certain(source), target.edges(), certain(target));
        Tensor shares = Tensors.times(target.counts().edges().flatten(), 1.0 / 120);
        same(pairs.target(), shares);
        same(pairs.confusion(), torch.diag(pairs.source()));
        assertThat(pairs.source().min().item_double()).isPositive();
        var align = new PairAlign(0, 0);
        Tensor w = align.weights(pairs);
        assertThat(Tensors.toDoubles(w)).containsExactly(Tensors.toDoubles(shares.div(pairs.source())), within(1e-8));
        Tensor counts = target.counts().edges();
        Tensor before = source.counts().edges();
        Tensor wanted = counts.div(Tensors.sum(counts, true, 1)).div(before.div(Tensors.sum(before, true, 1)));
        assertThat(Tensors.toDoubles(align.gamma(w, pairs.source())))
                .containsExactly(Tensors.toDoubles(wanted), within(1e-7));
    }

    @Test
    void evidenceOfPairsIsTheMeanOverEdges() {
        LabelledGraph source = graph(3);
        Tensor seen = Tensors.softmax(uniform(4, 20, 3), 1);
        PairAlign.Evidence pairs = PairAlign.ofPairs(source, seen, source.edges(), seen);
        double[] p = Tensors.toDoubles(seen);
        long[] ends = Tensors.toLongs(source.edges());
        long[] labels = Tensors.toLongs(source.labels());
        double[] confusion = new double[81];
        for (int e = 0; e < 120; e++) {
            int u = (int) ends[e];
            int v = (int) ends[120 + e];
            for (int ab = 0; ab < 9; ab++) {
                int own = (int) (3 * labels[v] + labels[u]);
                confusion[9 * ab + own] += p[3 * v + ab / 3] * p[3 * u + ab % 3] / 120;
            }
        }
        assertThat(Tensors.toDoubles(pairs.confusion())).containsExactly(confusion, within(1e-13));
        same(Tensors.sum(pairs.confusion(), false, 1), pairs.target());
        same(Tensors.sum(pairs.confusion(), false, 0), pairs.source());
    }

    @Test
    void classesOfNodesAreWeighedAlike() {
        LabelledGraph source = graph(5);
        LabelledGraph target = graph(6);
        PairAlign.Evidence classes = PairAlign.ofClasses(source, certain(source), certain(target));
        Tensor wanted = target.sizes().div(source.sizes());
        assertThat(Tensors.toDoubles(new PairAlign(0, 0).weights(classes)))
                .containsExactly(Tensors.toDoubles(wanted), within(1e-9));
        Tensor held = new PairAlign(1e6, 0).weights(classes);
        Tensor narrow = certain(source).to(ScalarType.Float); // as a model's predictions are
        PairAlign.Evidence same =
                PairAlign.ofClasses(source, narrow, certain(target).to(ScalarType.Float));
        same(new PairAlign(1, 0).weights(same), new PairAlign(1, 0).weights(classes));
        assertThat(Tensors.toDoubles(held)).containsExactly(new double[] {1, 1, 1}, within(1e-5));
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> new PairAlign(-1, 0)).hasMessageContaining("ls_lambda: -1.0");
        Tensor none = torch.zeros_like(uniform(7, 2));
        assertThatThrownBy(() -> SimplexLeastSquares.solve(uniform(8, 2, 2), none, none, 1))
                .hasMessageContaining("mu_src");
    }

    private static void same(Tensor found, Tensor wanted) {
        assertThat(Tensors.toDoubles(found)).containsExactly(Tensors.toDoubles(wanted), within(1e-13));
    }
}
