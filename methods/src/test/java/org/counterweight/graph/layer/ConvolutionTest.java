package org.counterweight.graph.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConvolutionTest {
    private static final int NODES = 7;
    private static final int EDGES = 16;

    private Scope scope;
    private Tensor edges;
    private Tensor weights;
    private Tensor x;

    @BeforeEach
    void open() {
        scope = Scope.open();
        // nothing comes into the last node
        long[] senders = new Seed(1).random().longs(EDGES, 0, NODES).toArray();
        long[] receivers = new Seed(2).random().longs(EDGES, 0, NODES - 1).toArray();
        long[] both = Arrays.copyOf(senders, 2 * EDGES);
        System.arraycopy(receivers, 0, both, EDGES, EDGES);
        edges = Tensors.longs(both, 2, EDGES);
        weights = draw(3, EDGES).abs();
        x = draw(4, NODES, 3);
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Tensor draw(int seed, long... shape) {
        return torch.zeros(shape, Tensors.options(ScalarType.Double))
                .normal_(0, 1, Tensors.optional(new Seed(seed).generator()));
    }

    private Messages messages(double lambda) {
        return Messages.weighted(edges, NODES, weights, lambda);
    }

    private static Gcn gcn() {
        return new Gcn(draw(5, 2, 3), draw(6, 2));
    }

    private static Sage sage(boolean isNormalized) {
        return new Sage(draw(7, 2, 3), draw(8, 2), draw(9, 2, 5), draw(10, 2), isNormalized);
    }

    private static void same(Tensor found, Tensor wanted, double error) {
        assertThat(Tensors.toDoubles(found)).containsExactly(Tensors.toDoubles(wanted), within(error));
    }

    /** The sum over edges, written out. */
    private double[][] dense(Messages messages, Normalization normalization, boolean isMean) {
        long[] u = Tensors.toLongs(messages.senders());
        long[] v = Tensors.toLongs(messages.receivers());
        double[] a = Tensors.toDoubles(messages.factors());
        double[] d = new double[NODES];
        for (int e = 0; e < a.length; e++) {
            d[(int) v[e]] += normalization == Normalization.WEIGHTED ? a[e] : 1;
        }
        double[][] s = new double[NODES][NODES];
        for (int e = 0; e < a.length; e++) {
            double at = d[(int) v[e]];
            double from = d[(int) u[e]];
            double scale = isMean ? 1 / at : from == 0 ? 0 : 1 / Math.sqrt(at * from);
            s[(int) v[e]][(int) u[e]] += a[e] * scale;
        }
        return s;
    }

    private static Tensor matrix(double[][] rows) {
        return Tensors.doubles(
                Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray(), NODES, NODES);
    }

    @ParameterizedTest
    @EnumSource(Normalization.class)
    void theyAreTheirFormulas(Normalization normalization) {
        for (Messages messages : new Messages[] {messages(0.6), messages(0.6).withSelfLoops()}) {
            Gcn gcn = gcn();
            Tensor wanted = matrix(dense(messages, normalization, false))
                    .mm(Tensors.linear(x, gcn.weight(), null))
                    .add(gcn.bias());
            same(gcn.apply(Propagation.symmetric(messages, normalization), x), wanted, 1e-13);
            Tensor h = draw(11, NODES, 4);
            same(
                    Propagation.mean(messages, normalization).apply(h),
                    matrix(dense(messages, normalization, true)).mm(h),
                    1e-13);
        }
    }

    @Test
    void lambdaZeroAndWeightsOfOneArePlainToTheBit() {
        Tensor plain = gcn().apply(
                        Propagation.symmetric(
                                Messages.plain(edges, NODES, ScalarType.Double), Normalization.UNWEIGHTED),
                        x);
        for (double lambda : new double[] {0, 0.1, 0.3, 0.7, 0.9, 1}) {
            for (Normalization normalization : Normalization.values()) {
                Messages ones = Messages.weighted(edges, NODES, torch.ones_like(weights), lambda);
                assertThat(gcn().apply(Propagation.symmetric(ones, normalization), x)
                                .equal(plain))
                        .isTrue();
            }
        }
        assertThat(gcn().apply(Propagation.symmetric(messages(0), Normalization.WEIGHTED), x)
                        .equal(plain))
                .isTrue();
    }

    @Test
    void whatIsSummedIsAffineInLambda() {
        for (double lambda : new double[] {0.25, 0.8}) {
            Tensor none = gcn().apply(Propagation.symmetric(messages(0), Normalization.UNWEIGHTED), x);
            Tensor full = gcn().apply(Propagation.symmetric(messages(1), Normalization.UNWEIGHTED), x);
            Tensor some = gcn().apply(Propagation.symmetric(messages(lambda), Normalization.UNWEIGHTED), x);
            same(some, Tensors.times(none, 1 - lambda).add(Tensors.times(full, lambda)), 1e-13);
        }
    }

    @Test
    void weightsOfAnotherScaleScaleTheSumOrNothing() {
        Messages more = Messages.weighted(edges, NODES, Tensors.times(weights, 5), 1);
        Tensor five = Tensors.times(
                Propagation.symmetric(messages(1), Normalization.UNWEIGHTED).apply(x), 5);
        same(Propagation.symmetric(more, Normalization.UNWEIGHTED).apply(x), five, 1e-12);
        same(
                gcn().apply(Propagation.symmetric(more, Normalization.WEIGHTED), x),
                gcn().apply(Propagation.symmetric(messages(1), Normalization.WEIGHTED), x),
                1e-13);
        same(
                sage(false).apply(Propagation.mean(more, Normalization.WEIGHTED), x),
                sage(false).apply(Propagation.mean(messages(1), Normalization.WEIGHTED), x),
                1e-13);
    }

    @ParameterizedTest
    @EnumSource(Normalization.class)
    void theOrderOfNodesAndEdgesMovesRowsAlone(Normalization normalization) {
        int[] order = new Seed(12).permutation(NODES);
        Tensor places = Tensors.longs(Arrays.stream(order).asLongStream().toArray());
        Messages moved =
                Messages.weighted(edges.flip(1), NODES, weights.flip(0), 0.7).renumbered(places.argsort());
        Tensor movedX = x.index_select(0, places);
        same(
                gcn().apply(Propagation.symmetric(moved, normalization), movedX),
                gcn().apply(Propagation.symmetric(messages(0.7), normalization), x)
                        .index_select(0, places),
                1e-13);
        same(
                sage(true).apply(Propagation.mean(moved, normalization), movedX),
                sage(true)
                        .apply(Propagation.mean(messages(0.7), normalization), x)
                        .index_select(0, places),
                1e-13);
    }

    @ParameterizedTest
    @EnumSource(Normalization.class)
    void aNodeWithoutMessagesHasTheBiasOrNoAggregate(Normalization normalization) {
        Messages none = Messages.weighted(edges, NODES, torch.zeros_like(weights), 1); // all of them deleted
        Tensor bias = gcn().bias().unsqueeze(0).expand(NODES, 2);
        same(gcn().apply(Propagation.symmetric(none, normalization), x), bias, 0);
        assertThat(Tensors.toDoubles(Propagation.mean(none, normalization).apply(x)))
                .containsOnly(0);
        Tensor alone = Propagation.mean(messages(0.5), normalization).apply(x).select(0, NODES - 1);
        assertThat(Tensors.toDoubles(alone)).containsOnly(0);
        Tensor nobody = Tensors.longs(new long[0], 2, 0);
        Messages empty = Messages.plain(nobody, NODES, ScalarType.Double);
        same(gcn().apply(Propagation.symmetric(empty, normalization), x), bias, 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void gradientsAreThoseOfFiniteDifferences(boolean isNormalized) {
        Propagation mean = Propagation.mean(messages(0.4), Normalization.WEIGHTED);
        Propagation symmetric = Propagation.symmetric(messages(0.4).withSelfLoops(), Normalization.UNWEIGHTED);
        Sage s = sage(isNormalized);
        Tensor direction = draw(13, NODES, 2);
        check(x, h -> s.apply(mean, h).mul(direction).sum());
        check(
                s.linWeight(),
                w -> new Sage(w, s.linBias(), s.aggWeight(), s.aggBias(), isNormalized)
                        .apply(mean, x)
                        .mul(direction)
                        .sum());
        check(
                s.aggWeight(),
                w -> new Sage(s.linWeight(), s.linBias(), w, s.aggBias(), isNormalized)
                        .apply(mean, x)
                        .mul(direction)
                        .sum());
        check(x, h -> gcn().apply(symmetric, h).mul(direction).sum());
        check(
                gcn().weight(),
                w -> new Gcn(w, gcn().bias()).apply(symmetric, x).mul(direction).sum());
    }

    private static void check(Tensor at, UnaryOperator<Tensor> loss) {
        Tensor leaf = at.clone().requires_grad_(true);
        double[] found = Tensors.toDoubles(Tensors.gradients(loss.apply(leaf), false, leaf)[0]);
        double[] values = Tensors.toDoubles(at);
        double step = 1e-6;
        for (int i = 0; i < values.length; i++) {
            double[] more = values.clone();
            double[] less = values.clone();
            more[i] += step;
            less[i] -= step;
            double rise = loss.apply(Tensors.doubles(more, Tensors.shape(at))).item_double()
                    - loss.apply(Tensors.doubles(less, Tensors.shape(at))).item_double();
            assertThat(found[i]).isEqualTo(rise / (2 * step), within(1e-6 * Math.max(1e-2, Math.abs(found[i]))));
        }
    }

    @Test
    void weightsAreNoPartOfWhatIsTrained() {
        Tensor leaf = weights.clone().requires_grad_(true);
        assertThat(Messages.weighted(edges, NODES, leaf, 0.5).factors().requires_grad())
                .isFalse();
    }

    @Test
    void whatCannotBeIsRefused() {
        for (double lambda : new double[] {-0.1, 1.1, Double.NaN}) {
            assertThatThrownBy(() -> messages(lambda)).hasMessageContaining("lambda: " + lambda);
        }
        Tensor few = Tensors.slice(weights, 0, 0, 3);
        assertThatThrownBy(() -> Messages.weighted(edges, NODES, few, 1)).hasMessageContaining("3 values for 16 edges");
    }
}
