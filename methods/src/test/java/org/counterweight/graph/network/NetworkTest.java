package org.counterweight.graph.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.graph.layer.Backbone;
import org.counterweight.graph.layer.Messages;
import org.counterweight.graph.layer.Normalization;
import org.counterweight.graph.layer.Propagation;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NetworkTest {
    private static final int NODES = 9;

    private Scope scope;
    private Messages messages;
    private Tensor x;
    private Tensor labels;
    private Tensor train;

    @BeforeEach
    void open() {
        scope = Scope.open();
        Tensor edges = Tensors.longs(new Seed(1).random().longs(60, 0, NODES).toArray(), 2, 30);
        messages = Messages.weighted(edges, NODES, draw(2, 30).abs(), 0.8);
        x = draw(3, NODES, 4);
        labels = Tensors.longs(new Seed(4).random().longs(NODES, 0, 3).toArray());
        train = Tensors.longs(new long[] {0, 2, 3, 5, 8});
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Tensor draw(int seed, long... shape) {
        return torch.zeros(shape, Tensors.options(ScalarType.Double))
                .normal_(0, 1, Tensors.optional(new Seed(seed).generator()));
    }

    private static Map<String, Tensor> leaves(Map<String, long[]> shapes) {
        var leaves = new LinkedHashMap<String, Tensor>();
        new TreeMap<>(shapes)
                .forEach((name, shape) ->
                        leaves.put(name, draw(name.hashCode(), shape).requires_grad_(true)));
        return leaves;
    }

    private static Map<String, Tensor> dann() {
        return leaves(Map.of(
                "conv.0.weight", new long[] {5, 4},
                "conv.0.bias", new long[] {5},
                "conv.1.weight", new long[] {3, 5},
                "conv.1.bias", new long[] {3},
                "cls.0.weight", new long[] {3, 3},
                "cls.0.bias", new long[] {3},
                "dc.0.weight", new long[] {4, 3},
                "dc.0.bias", new long[] {4},
                "dc.1.weight", new long[] {1, 4},
                "dc.1.bias", new long[] {1}));
    }

    private static void same(Tensor found, Tensor wanted) {
        assertThat(Tensors.toDoubles(found)).containsExactly(Tensors.toDoubles(wanted), within(1e-12));
    }

    /** The gradients of an adversarial step, by name; without the domains' losses for no alpha. */
    private Map<String, Tensor> gradients(double... alpha) {
        Map<String, Tensor> leaves = dann();
        Params params = Params.of(leaves);
        Propagation source = Propagation.symmetric(messages, Normalization.UNWEIGHTED);
        Tensor h = new Encoder(Backbone.GCN, 2, 0).embedding(params.at("conv"), source, x, Pass.evaluation());
        Tensor loss = Losses.classes(new Perceptron(1).apply(params.at("cls"), h), labels, train);
        if (alpha.length > 0) {
            Tensor shifted = new Encoder(Backbone.GCN, 2, 0)
                    .embedding(params.at("conv"), source, Tensors.plus(x, 1), Pass.evaluation());
            var verdict = new Adversary(new Perceptron(2)).judge(params.at("dc"), h, shifted, alpha[0]);
            loss = loss.add(verdict.sourceLoss()).add(verdict.targetLoss());
        }
        Tensor[] found = Tensors.gradients(loss, false, leaves.values().toArray(Tensor[]::new));
        var byName = new LinkedHashMap<String, Tensor>();
        int i = 0;
        for (String name : leaves.keySet()) {
            byName.put(name, found[i++]);
        }
        return byName;
    }

    @Test
    void anAdversaryWithoutReversalLeavesTheEncoderAlone() {
        Map<String, Tensor> plain = gradients();
        Map<String, Tensor> none = gradients(0);
        Map<String, Tensor> some = gradients(0.7);
        plain.forEach((name, gradient) -> {
            Tensor without = Params.of(none).weight(name);
            Tensor with = Params.of(some).weight(name);
            if (name.startsWith("dc.")) {
                same(with, without);
                assertThat(with.abs().max().item_double()).isPositive();
            } else {
                same(without, gradient);
            }
            if (name.startsWith("conv.0.weight")) {
                assertThat(with.sub(without).abs().max().item_double()).isGreaterThan(1e-4);
            }
        });
    }

    @Test
    void reversalChangesTheGradientAlone() {
        Tensor h = draw(5, 3).requires_grad_(true);
        Tensor out = GradientReversal.apply(h, 0.3);
        assertThat(out.equal(h)).isTrue();
        same(
                Tensors.gradients(out.sum(), false, h)[0],
                torch.full_like(h, Tensors.scalar(-0.3)).detach());
    }

    @ParameterizedTest
    @EnumSource(Backbone.class)
    void dropoutIsForTraining(Backbone backbone) {
        Map<String, long[]> shapes = backbone == Backbone.GCN
                ? Map.of("0.weight", new long[] {5, 4}, "0.bias", new long[] {5})
                : Map.of(
                        "0.lin.weight", new long[] {5, 4},
                        "0.lin.bias", new long[] {5},
                        "0.agg.weight", new long[] {5, 9},
                        "0.agg.bias", new long[] {5});
        Params params = Params.of(leaves(shapes));
        Propagation propagation = backbone.propagation(messages, Normalization.WEIGHTED);
        var encoder = new Encoder(backbone, 1, 0.5);
        Tensor once = encoder.embedding(params, propagation, x, Pass.evaluation());
        same(encoder.embedding(params, propagation, x, Pass.evaluation()), once);
        assertThat(once.min().item_double()).isZero(); // a relu after the last, too
        Tensor training = encoder.embedding(params, propagation, x, Pass.training(new Seed(6).generator()));
        assertThat(training.equal(once)).isFalse();
    }

    private static Params mixupParams() {
        return Params.of(leaves(Map.of(
                "conv1.weight", new long[] {5, 4},
                "conv1.weight_self", new long[] {5, 4},
                "conv1.bias", new long[] {5},
                "conv2.weight", new long[] {5, 5},
                "conv2.weight_self", new long[] {5, 5},
                "conv2.bias", new long[] {5},
                "cls.weight", new long[] {3, 5},
                "cls.bias", new long[] {3})));
    }

    private static Tensor mixed(Params params, Messages among, Tensor features, NodeMixup.Mix mix) {
        return new NodeMixup(0).logits(params, among, Normalization.UNWEIGHTED, features, mix, Pass.evaluation());
    }

    @Test
    void allOfOneIsThePlainNetworkOnThatGraph() {
        Tensor permutation = Tensors.longs(
                Arrays.stream(new Seed(7).permutation(NODES)).asLongStream().toArray());
        Tensor identity = Tensors.longs(LongStream.range(0, NODES).toArray());
        Params params = mixupParams();
        var own = new NodeMixup.Mix(1, permutation);
        var other = new NodeMixup.Mix(0, permutation);
        Tensor plain = mixed(params, messages, x, new NodeMixup.Mix(0.3, identity)); // mixed with itself
        same(mixed(params, messages, x, own), plain);
        Tensor permutedX = x.index_select(0, permutation);
        Tensor permuted = mixed(params, other.permuted(messages), permutedX, new NodeMixup.Mix(1, identity));
        Tensor all = mixed(params, messages, x, other);
        same(all, permuted);
        same(permuted, plain.index_select(0, permutation));
        same(other.loss(all, labels, train), Losses.classes(permuted, labels.index_select(0, permutation), train));
        same(own.loss(plain, labels, train), Losses.classes(plain, labels, train));
    }

    @Test
    void aMixIsDrawnAmongTrainingNodes() {
        double sum = 0;
        double squares = 0;
        int draws = 400;
        for (int i = 0; i < draws; i++) {
            double share = NodeMixup.Mix.draw(new Seed(i), train, NODES).share();
            sum += share / draws;
            squares += share * share / draws;
        }
        assertThat(sum).isEqualTo(0.5, within(0.03)); // Beta(4, 4) has the variance 1/36
        assertThat(squares - sum * sum).isEqualTo(1 / 36.0, within(0.006));
        long[] permutation =
                Tensors.toLongs(NodeMixup.Mix.draw(new Seed(3), train, NODES).permutation());
        assertThat(permutation).isNotEqualTo(LongStream.range(0, NODES).toArray());
        assertThat(Arrays.stream(permutation).sorted().toArray())
                .containsExactly(LongStream.range(0, NODES).toArray());
        for (int other : new int[] {1, 4, 6, 7}) {
            assertThat(permutation[other]).isEqualTo(other);
        }
    }

    @Test
    void aConditionalDiscriminatorSeesClasses() {
        Tensor h = draw(8, 5, 2);
        Tensor logits = draw(9, 5, 3);
        Tensor p = Tensors.softmax(logits, 1);
        Tensor rows = Conditional.rows(h, logits);
        same(rows.select(1, 4), h.select(1, 1).mul(p.select(1, 1)));
        same(Tensors.sum(rows, false, 1), Tensors.sum(h, false, 1));
        Tensor weights = Conditional.certainty(logits);
        assertThat(weights.mean().item_double()).isEqualTo(1, within(1e-12));
        double[] clear = Tensors.toDoubles(Conditional.certainty(Tensors.doubles(new double[] {0, 0, 90, 0}, 2, 2)));
        assertThat(clear[1] / clear[0]).isEqualTo(2 / 1.5, within(1e-12)); // H is 0, and log 2
        Tensor verdict = draw(10, 5);
        for (boolean isTarget : new boolean[] {false, true}) {
            same(
                    Losses.domain(verdict, isTarget, torch.ones_like(verdict)).unsqueeze(0),
                    Losses.domain(verdict, isTarget).unsqueeze(0));
        }
    }

    @Test
    void theKernelGapIsNoneBetweenEqualsAndGrowsWithTheShift() {
        Tensor h = draw(11, 40, 3);
        assertThat(KernelGap.between(h, h, new Seed(1)).item_double()).isEqualTo(0, within(1e-12));
        double near = KernelGap.between(h, Tensors.plus(h, 0.5), new Seed(1)).item_double();
        double far = KernelGap.between(h, Tensors.plus(h, 2), new Seed(1)).item_double();
        assertThat(near).isPositive();
        assertThat(far).isGreaterThan(2 * near);
        // two rows at the distance 1, whose mean squared distance is 1
        Tensor zero = Tensors.doubles(new double[] {0}, 1, 1);
        Tensor one = Tensors.doubles(new double[] {1}, 1, 1);
        double wanted = 0;
        for (double width : new double[] {0.25, 0.5, 1, 2, 4}) {
            wanted += 2 - 2 * Math.exp(-1 / width);
        }
        assertThat(KernelGap.between(zero, one, new Seed(1)).item_double()).isEqualTo(wanted, within(1e-12));
        Tensor many = draw(12, 60, 1);
        assertThat(KernelGap.between(many, many, new Seed(1), 50).item_double()).isBetween(1e-6, 0.1);
        same(
                KernelGap.between(many, many, new Seed(2), 50).unsqueeze(0),
                KernelGap.between(many, many, new Seed(2), 50).unsqueeze(0));
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> new NodeMixup.Mix(1.5, train)).hasMessageContaining("mu: 1.5");
        assertThatThrownBy(() -> new Encoder(Backbone.GCN, 0, 0)).hasMessageContaining("layers: 0");
        assertThatThrownBy(() -> new Encoder(Backbone.GCN, 1, 1)).hasMessageContaining("dropout: 1.0");
        assertThatThrownBy(() -> new Perceptron(0)).hasMessageContaining("cls_layers, dc_layers: 0");
    }
}
