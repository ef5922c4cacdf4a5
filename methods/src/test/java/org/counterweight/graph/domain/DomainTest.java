package org.counterweight.graph.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.graph.domain.adversary.Adversary;
import org.counterweight.graph.domain.adversary.Conditional;
import org.counterweight.graph.domain.adversary.Discriminator;
import org.counterweight.graph.domain.adversary.GradientReversal;
import org.counterweight.graph.domain.adversary.Losses;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.Normalization;
import org.counterweight.model.part.Perceptron;
import org.counterweight.model.part.graph.GcnLayer;
import org.counterweight.model.part.graph.GinLayer;
import org.counterweight.model.part.graph.GraphBatch;
import org.counterweight.model.part.graph.GraphLayer;
import org.counterweight.model.part.graph.MessageNorm;
import org.counterweight.model.part.graph.SageLayer;
import org.counterweight.model.zoo.graph.GraphNetwork;
import org.counterweight.train.objective.CrossEntropy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DomainTest {
    private static final int NODES = 9;

    private Scope scope;
    private Tensor edges;
    private Tensor weights;
    private Tensor x;
    private Tensor labels;
    private Tensor train;

    @BeforeEach
    void open() {
        scope = Scope.open();
        edges = Tensors.longs(new Seed(1).random().longs(60, 0, NODES).toArray(), 2, 30);
        weights = draw(2, 30).abs();
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

    static List<GraphLayer> layers() {
        return List.of(
                new GcnLayer(MessageNorm.UNWEIGHTED, false, true),
                new GcnLayer(MessageNorm.WEIGHTED, true, false),
                new SageLayer(MessageNorm.WEIGHTED, false),
                new GinLayer());
    }

    private static GraphNetwork network(GraphLayer layer) {
        return new GraphNetwork(layer, 4, List.of(5, 3), List.of(), 3, 0, Normalization.NONE);
    }

    private static Map<String, Tensor> leaves(GraphNetwork network) {
        var shapes = new LinkedHashMap<>(network.shapes());
        Discriminator.shapes(List.of(4), 3).forEach((name, shape) -> shapes.put("dc." + name, shape));
        var leaves = new LinkedHashMap<String, Tensor>();
        shapes.forEach(
                (name, shape) -> leaves.put(name, draw(name.hashCode(), shape).requires_grad_(true)));
        return leaves;
    }

    private Batch batch(Tensor edgeIndex, Tensor features) {
        Tensor nodes = Tensors.longs(LongStream.range(0, NODES).toArray());
        return new Batch(
                Map.of(GraphBatch.NODE, nodes),
                Map.of(
                        GraphBatch.FEATURES, features,
                        GraphBatch.EDGE_INDEX, edgeIndex,
                        GraphBatch.EDGE_WEIGHT, weights));
    }

    private static void same(Tensor found, Tensor wanted) {
        assertThat(Tensors.toDoubles(found.contiguous()))
                .containsExactly(Tensors.toDoubles(wanted.contiguous()), within(1e-11));
    }

    private static Tensor classes(Tensor logits, Tensor told, Tensor nodes) {
        return new CrossEntropy(0)
                .of(logits.index_select(0, nodes), told.index_select(0, nodes))
                .perRow()
                .mean();
    }

    /** The gradients of an adversarial step, by name; without the domains' losses for no alpha. */
    private Map<String, Tensor> gradients(double... alpha) {
        GraphNetwork network = network(new GcnLayer(MessageNorm.UNWEIGHTED, false, false));
        Map<String, Tensor> leaves = leaves(network);
        Params params = Params.of(leaves);
        Tensor h = network.embeddings(params, batch(edges, x), Pass.evaluation());
        Tensor loss = classes(network.head(params, h, Pass.evaluation()).logits(), labels, train);
        if (alpha.length > 0) {
            Tensor shifted = network.embeddings(params, batch(edges, Tensors.plus(x, 1)), Pass.evaluation());
            var verdict = new Adversary(new Perceptron(List.of(4), 1)).judge(params.at("dc"), h, shifted, alpha[0]);
            loss = loss.add(verdict.sourceLoss()).add(verdict.targetLoss());
        }
        loss.backward();
        var byName = new LinkedHashMap<String, Tensor>();
        leaves.forEach((name, leaf) -> byName.put(name, leaf.grad().defined() ? leaf.grad() : torch.zeros_like(leaf)));
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
    @MethodSource("layers")
    void allOfOneIsThePlainNetworkOnThatGraph(GraphLayer layer) {
        Tensor permutation = Tensors.longs(
                Arrays.stream(new Seed(7).permutation(NODES)).asLongStream().toArray());
        GraphNetwork network = network(layer);
        Params params = Params.of(leaves(network));
        Batch own = batch(edges, x);
        Tensor plain = network.forward(params, own, Pass.evaluation()).logits();
        Tensor identity = Tensors.longs(LongStream.range(0, NODES).toArray());
        same(new NodeMixup(0.3, identity).logits(network, params, own, Pass.evaluation()), plain);
        same(new NodeMixup(1, permutation).logits(network, params, own, Pass.evaluation()), plain);
        Tensor all = new NodeMixup(0, permutation).logits(network, params, own, Pass.evaluation());
        Tensor moved = permutation.argsort().index_select(0, edges.flatten()).view(2, 30);
        Batch permuted = batch(moved, x.index_select(0, permutation));
        same(all, network.forward(params, permuted, Pass.evaluation()).logits());
        same(all, plain.index_select(0, permutation));
        Tensor half = new NodeMixup(0.5, permutation).logits(network, params, own, Pass.evaluation());
        assertThat(half.sub(plain).abs().max().item_double()).isGreaterThan(1e-6);
        Tensor loss = new NodeMixup(0.25, permutation).loss(all, labels, (of, told) -> classes(of, told, train));
        Tensor wanted = Tensors.times(classes(all, labels, train), 0.25)
                .add(Tensors.times(classes(all, labels.index_select(0, permutation), train), 0.75));
        same(loss.unsqueeze(0), wanted.unsqueeze(0));
    }

    @Test
    void aMixIsDrawnAmongTrainingNodes() {
        double sum = 0;
        double squares = 0;
        int draws = 400;
        for (int i = 0; i < draws; i++) {
            double share = NodeMixup.draw(new Seed(i), train, NODES).share();
            sum += share / draws;
            squares += share * share / draws;
        }
        assertThat(sum).isEqualTo(0.5, within(0.03)); // Beta(4, 4) has the variance 1/36
        assertThat(squares - sum * sum).isEqualTo(1 / 36.0, within(0.006));
        long[] permutation =
                Tensors.toLongs(NodeMixup.draw(new Seed(3), train, NODES).permutation());
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
        assertThatThrownBy(() -> new NodeMixup(1.5, train)).hasMessageContaining("mu: 1.5");
        assertThatThrownBy(() -> new Perceptron(List.of(0), 1)).hasMessageContaining("[0], 1");
        assertThatThrownBy(() -> new Dann(List.of(4), -1, 1)).hasMessageContaining("alpha_times: -1.0");
        assertThatThrownBy(() -> new Mmd(0)).hasMessageContaining("weight: 0.0");
    }
}
