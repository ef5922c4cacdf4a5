package org.counterweight.model.part.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.Shapes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class GraphLayersTest {
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

    static Stream<GraphLayer> layers() {
        return Arrays.stream(MessageNorm.values())
                .flatMap(norm -> Stream.<GraphLayer>of(
                        new GcnLayer(norm, false, false),
                        new GcnLayer(norm, true, true),
                        new SageLayer(norm, false),
                        new SageLayer(norm, true),
                        new GinLayer()))
                .distinct();
    }

    private static Tensor draw(int seed, long... shape) {
        return torch.zeros(shape, Tensors.options(ScalarType.Double))
                .normal_(0, 1, Tensors.optional(new Seed(seed).generator()));
    }

    private Messages messages(double lambda) {
        return Messages.weighted(edges, NODES, weights, lambda);
    }

    private static Map<String, Tensor> drawn(GraphLayer layer) {
        var shapes = new Shapes();
        layer.shapes(shapes, "conv", 3, 2);
        var all = new LinkedHashMap<String, Tensor>();
        shapes.byName()
                .forEach((name, shape) -> all.put(name.substring("conv.".length()), draw(name.hashCode(), shape)));
        return all;
    }

    private static Tensor apply(GraphLayer layer, Map<String, Tensor> weights, Messages messages, Tensor h) {
        Params params = Params.of(weights);
        Tensor received = layer.aggregate(params, layer.propagation(messages), h, Pass.evaluation());
        return layer.combine(params, received, h, Pass.evaluation());
    }

    private static Tensor apply(GraphLayer layer, Messages messages, Tensor h) {
        return apply(layer, drawn(layer), messages, h);
    }

    private static void same(Tensor found, Tensor wanted, double error) {
        assertThat(Tensors.toDoubles(found.contiguous()))
                .containsExactly(Tensors.toDoubles(wanted.contiguous()), within(error));
    }

    /** The sum over edges, written out. */
    private static Tensor dense(Messages messages, MessageNorm norm, UnaryOperator<double[]> scale) {
        long[] ends = Tensors.toLongs(messages.edges().contiguous());
        double[] a = Tensors.toDoubles(messages.factors());
        double[] d = new double[NODES];
        for (int e = 0; e < a.length; e++) {
            d[(int) ends[a.length + e]] += norm == MessageNorm.WEIGHTED ? a[e] : 1;
        }
        double[] s = new double[NODES * NODES];
        for (int e = 0; e < a.length; e++) {
            int u = (int) ends[e];
            int v = (int) ends[a.length + e];
            s[v * NODES + u] += a[e] * scale.apply(new double[] {d[u], d[v]})[0];
        }
        return Tensors.doubles(s, NODES, NODES);
    }

    private static double[] symmetric(double[] d) {
        return new double[] {d[0] == 0 || d[1] == 0 ? 0 : 1 / Math.sqrt(d[0] * d[1])};
    }

    @ParameterizedTest
    @EnumSource(MessageNorm.class)
    void theyAreTheirFormulas(MessageNorm norm) {
        Messages messages = messages(0.6);
        var gcn = new GcnLayer(norm, true, true);
        Map<String, Tensor> w = drawn(gcn);
        Tensor summed = dense(messages.withSelfLoops(), norm, GraphLayersTest::symmetric)
                .mm(x.mm(w.get("lin.weight").t()));
        same(
                apply(gcn, messages, x),
                summed.add(w.get("bias")).add(x.mm(w.get("root.weight").t())),
                1e-13);

        var sage = new SageLayer(norm, false);
        Map<String, Tensor> v = drawn(sage);
        Tensor sent = Tensors.linear(x, v.get("lin.weight"), v.get("lin.bias"));
        Tensor mean = dense(messages, norm, d -> new double[] {1 / d[1]}).mm(sent);
        Tensor both = torch.cat(new TensorVector(mean, x), 1);
        same(
                apply(sage, messages, x),
                Tensors.linear(both, v.get("agg.weight"), v.get("agg.bias")).relu(),
                1e-13);

        Map<String, Tensor> g = drawn(new GinLayer());
        Tensor all = dense(messages, norm, d -> new double[] {1}).mm(x);
        Tensor in = all.add(x.mul(Tensors.plus(g.get("eps"), 1)));
        Tensor hidden = Tensors.linear(in, g.get("lin.weight"), g.get("bias")).relu();
        same(apply(new GinLayer(), messages, x), Tensors.linear(hidden, g.get("out.weight"), g.get("out.bias")), 1e-12);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void lambdaZeroAndWeightsOfOneArePlainToTheBit(GraphLayer layer) {
        Tensor plain = apply(layer, Messages.plain(edges, NODES, x), x);
        for (double lambda : new double[] {0, 0.1, 0.3, 0.7, 0.9, 1}) {
            Messages ones = Messages.weighted(edges, NODES, torch.ones_like(weights), lambda);
            assertThat(apply(layer, ones, x).equal(plain)).isTrue();
        }
        assertThat(apply(layer, messages(0), x).equal(plain)).isTrue();
    }

    /** What users of other libraries have met: weights that are taken and change nothing. */
    @ParameterizedTest
    @MethodSource("layers")
    void otherWeightsGiveOtherOutputs(GraphLayer layer) {
        Tensor plain = apply(layer, messages(0), x);
        assertThat(apply(layer, messages(1), x).sub(plain).abs().max().item_double())
                .isGreaterThan(1e-3);
    }

    @Test
    void whatIsSummedIsAffineInLambda() {
        for (GraphLayer layer : new GraphLayer[] {new GcnLayer(MessageNorm.UNWEIGHTED, false, false), new GinLayer()}) {
            for (double lambda : new double[] {0.25, 0.8}) {
                Tensor none = layer.propagation(messages(0)).apply(x, Pass.evaluation());
                Tensor full = layer.propagation(messages(1)).apply(x, Pass.evaluation());
                Tensor some = layer.propagation(messages(lambda)).apply(x, Pass.evaluation());
                same(some, Tensors.times(none, 1 - lambda).add(Tensors.times(full, lambda)), 1e-13);
            }
        }
    }

    @Test
    void weightsOfAnotherScaleScaleTheSumOrNothing() {
        Messages more = Messages.weighted(edges, NODES, Tensors.times(weights, 5), 1);
        for (GraphLayer layer : layers().toList()) {
            boolean stays = layer instanceof SageLayer sage && sage.norm() == MessageNorm.WEIGHTED
                    || layer instanceof GcnLayer gcn && gcn.norm() == MessageNorm.WEIGHTED && !gcn.selfLoops();
            if (layer instanceof GcnLayer gcn && gcn.selfLoops()) {
                continue; // the loop counts 1 whatever the others do
            }
            Tensor once = layer.propagation(messages(1)).apply(x, Pass.evaluation());
            same(layer.propagation(more).apply(x, Pass.evaluation()), stays ? once : Tensors.times(once, 5), 1e-12);
        }
    }

    @ParameterizedTest
    @MethodSource("layers")
    void theOrderOfNodesAndEdgesMovesRowsAlone(GraphLayer layer) {
        Tensor places = Tensors.longs(
                Arrays.stream(new Seed(12).permutation(NODES)).asLongStream().toArray());
        Tensor renumbered =
                places.argsort().index_select(0, edges.flip(1).flatten()).view(2, EDGES);
        Messages moved = Messages.weighted(renumbered, NODES, weights.flip(0), 0.7);
        same(
                apply(layer, moved, x.index_select(0, places)),
                apply(layer, messages(0.7), x).index_select(0, places),
                1e-12);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void aNodeWithoutMessagesReceivesNothing(GraphLayer layer) {
        boolean hasLoops = layer instanceof GcnLayer gcn && gcn.selfLoops();
        Messages deleted = Messages.weighted(edges, NODES, torch.zeros_like(weights), 1);
        Messages none = Messages.plain(Tensors.longs(new long[0], 2, 0), NODES, x);
        for (Messages messages : new Messages[] {deleted, none}) {
            Tensor received = layer.propagation(messages).apply(x, Pass.evaluation());
            assertThat(torch.isfinite(received).all().item_bool()).isTrue();
            if (!hasLoops) {
                assertThat(Tensors.toDoubles(received)).containsOnly(0);
            }
        }
        if (!hasLoops) {
            Tensor alone = layer.propagation(messages(0.5)).apply(x, Pass.evaluation()).select(0, NODES - 1);
            assertThat(Tensors.toDoubles(alone)).containsOnly(0);
        }
    }

    @ParameterizedTest
    @MethodSource("layers")
    void gradientsAreThoseOfFiniteDifferences(GraphLayer layer) {
        Map<String, Tensor> weightsOfLayer = drawn(layer);
        Tensor direction = draw(13, NODES, 2);
        Messages messages = messages(0.4);
        check(x, h -> apply(layer, weightsOfLayer, messages, h).mul(direction).sum());
        weightsOfLayer.forEach((name, weight) -> check(weight, w -> {
            var changed = new LinkedHashMap<>(weightsOfLayer);
            changed.put(name, w);
            return apply(layer, changed, messages, x).mul(direction).sum();
        }));
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
