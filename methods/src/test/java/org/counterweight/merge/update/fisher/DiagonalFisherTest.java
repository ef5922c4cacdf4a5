package org.counterweight.merge.update.fisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.engine.Tensors.mean;
import static org.counterweight.engine.Tensors.slice;
import static org.counterweight.engine.Tensors.softmax;
import static org.counterweight.engine.Tensors.times;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.assertj.core.data.Offset;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.update.fisher.FisherConfig.Labels;
import org.counterweight.merge.update.fisher.FisherConfig.Scale;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.module.ModuleSpec;
import org.counterweight.model.module.ModuleSpec.Kind;
import org.counterweight.model.module.Modules;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DiagonalFisherTest {
    private final Scope scope = Scope.open();

    @AfterEach
    void close() {
        scope.close();
    }

    /** Tokens of width 3: one linear module used twice, a mean over positions, one more module. */
    private record TinyNet(boolean sequence) implements Model {
        @Override
        public Output forward(Params params, Batch batch, Pass pass) {
            Tensor x = batch.get("x");
            Tensor h = params.linear("mix", params.linear("mix", x, pass).tanh(), pass)
                    .tanh();
            Tensor pooled = sequence ? mean(h, false, 1) : h;
            return new Output(params.linear("out", pooled, pass), pooled);
        }

        @Override
        public Map<String, long[]> shapes() {
            var shapes = new LinkedHashMap<String, long[]>();
            shapes.put("mix.weight", new long[] {3, 3});
            shapes.put("mix.bias", new long[] {3});
            shapes.put("out.weight", new long[] {4, 3});
            shapes.put("out.bias", new long[] {4});
            return shapes;
        }

        @Override
        public Map<String, Tensor> initialize(Generator random) {
            var weights = new LinkedHashMap<String, Tensor>();
            shapes().forEach((name, shape) -> weights.put(
                    name, Tensors.zeros(shape).to(ScalarType.Double).normal_(0, 1, Tensors.optional(random))));
            return weights;
        }

        @Override
        public Modules modules() {
            return Modules.ofLinears(List.of("mix", "out"));
        }
    }

    private static Tensor draw(long seed, long... shape) {
        return Tensors.zeros(shape).to(ScalarType.Double).normal_(0, 1, Tensors.optional(new Seed(seed).generator()));
    }

    private static Batch batch(boolean sequence, int rows) {
        Tensor x = sequence ? draw(2, rows, 5, 3) : draw(2, rows, 3);
        return new Batch(Map.of(
                "x",
                x,
                Batch.LABELS,
                longs(LongStream.range(0, rows).map(i -> i % 4).toArray())));
    }

    private static Tensor get(Map<String, Tensor> model, String name) {
        return Objects.requireNonNull(model.get(name));
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(Labels.class)
    void oneBackwardPassOfABatchEqualsOneAnInstance(Labels labels) {
        for (boolean sequence : new boolean[] {false, true}) {
            var net = new TinyNet(sequence);
            Map<String, Tensor> weights = net.initialize(new Seed(1).generator());
            var config = new FisherConfig(labels, Scale.PER_INSTANCE, List.of(2));
            assertThat(LinearFisher.covers(net, weights.keySet())).isTrue();
            Map<String, Tensor> fast = DiagonalFisher.of(config, net, weights, List.of(batch(sequence, 6)));
            Map<String, Tensor> slow = DiagonalFisher.oneByOne(config, net, weights, List.of(batch(sequence, 6)));
            slow.forEach((name, f) -> assertTensor(get(fast, name)).as(name).isCloseTo(f, 1e-10, 1e-14));
        }
    }

    /** Its gradient is the sum over both uses, squared once: taps on each module would square the parts. */
    @ParameterizedTest(name = "{0}")
    @EnumSource(Labels.class)
    void aWeightOfTwoModulesHasTheSquareOfItsWholeGradient(Labels labels) {
        Tensor w = draw(5, 3, 3);
        Map<String, Tensor> weights = Map.of("first.weight", w, "second.weight", w);
        var config = new FisherConfig(labels, Scale.PER_INSTANCE, List.of());
        Batch batch = new Batch(Map.of("x", draw(6, 5, 3), Batch.LABELS, longs(new long[] {0, 1, 2, 0, 1})));
        Map<String, Tensor> fast = DiagonalFisher.of(config, new TiedNet(), weights, List.of(batch));
        Map<String, Tensor> slow = DiagonalFisher.oneByOne(config, new TiedNet(), weights, List.of(batch));
        slow.forEach((name, f) -> assertTensor(get(fast, name)).as(name).isCloseTo(f, 1e-10, 1e-14));
        assertTensor(get(slow, "first.weight")).isEqualTo(get(slow, "second.weight"));
    }

    /** Two modules with one weight. */
    private record TiedNet() implements Model {
        @Override
        public Output forward(Params params, Batch batch, Pass pass) {
            Tensor h = params.linear("first", batch.get("x"), pass).tanh();
            Tensor logits = params.linear("second", h, pass);
            return new Output(logits, logits);
        }

        @Override
        public Map<String, long[]> shapes() {
            return Map.of("first.weight", new long[] {3, 3}, "second.weight", new long[] {3, 3});
        }

        @Override
        public Map<String, Tensor> initialize(Generator random) {
            Tensor w = torch.zeros(3, 3).normal_(0, 1, Tensors.optional(random));
            return Map.of("first.weight", w, "second.weight", w);
        }

        @Override
        public Modules modules() {
            return Modules.ofLinears(List.of("first", "second"));
        }
    }

    /** They are averages of activations: no parameters, and not to be counted when the mean over all parameters is 1. */
    @Test
    void runningStatisticsHaveNoInformation() {
        var weights = new LinkedHashMap<String, Tensor>();
        weights.put("out.weight", draw(3, 2, 3));
        weights.put("bn.running_mean", draw(7, 6));
        var config = new FisherConfig(Labels.PREDICTED, Scale.MEAN_ONE, List.of());
        var batch = new Batch(Map.of("x", draw(4, 7, 3)));
        Map<String, Tensor> fisher = DiagonalFisher.of(config, new LinearNet(), weights, List.of(batch));
        assertThat(fisher).containsOnlyKeys("out.weight");
        assertThat(get(fisher, "out.weight").mean().item_double()).isCloseTo(1, Offset.offset(1e-12));
    }

    @Test
    void logisticRegressionHasAClosedForm() {
        var net = new LinearNet();
        Tensor w = draw(3, 2, 3);
        Tensor x = draw(4, 7, 3);
        var config = new FisherConfig(Labels.FULL, Scale.PER_INSTANCE, List.of());
        Tensor f = get(
                DiagonalFisher.of(config, net, Map.of("out.weight", w), List.of(new Batch(Map.of("x", x)))),
                "out.weight");
        Tensor p = softmax(torch.matmul(x, w.t()), 1).select(1, 0); // [7]
        Tensor spread = p.mul(p.neg().add(Tensors.scalar(1))); // p (1 − p)
        Tensor expected = times(torch.matmul(spread.unsqueeze(0), x.square()), 1.0 / 7); // [1, 3]
        assertTensor(f).isCloseTo(expected.expand(2, 3), 1e-10, 1e-14);
    }

    private record LinearNet() implements Model {
        @Override
        public Output forward(Params params, Batch batch, Pass pass) {
            Tensor logits = params.linear("out", batch.get("x"), pass);
            return new Output(logits, logits);
        }

        @Override
        public Map<String, long[]> shapes() {
            return Map.of("out.weight", new long[] {2, 3});
        }

        @Override
        public Map<String, Tensor> initialize(Generator random) {
            return Map.of("out.weight", torch.zeros(2, 3).normal_(0, 1, Tensors.optional(random)));
        }

        @Override
        public Modules modules() {
            return Modules.of(List.of(
                    new ModuleSpec("out", Kind.LINEAR),
                    new ModuleSpec("bn", Kind.NORM).moving(new ModuleSpec.Buffer("running_mean", 0))));
        }
    }

    @Test
    void instancesAddUpAndMeanOneHasMeanOne() {
        var net = new TinyNet(false);
        Map<String, Tensor> weights = net.initialize(new Seed(1).generator());
        Batch all = batch(false, 6);
        Batch first = part(all, 0, 2);
        Batch rest = part(all, 2, 6);
        var config = new FisherConfig(Labels.PREDICTED, Scale.PER_INSTANCE, List.of());
        Map<String, Tensor> whole = DiagonalFisher.of(config, net, weights, List.of(all));
        Map<String, Tensor> twice = DiagonalFisher.of(config, net, weights, List.of(rest, first));
        Map<String, Tensor> a = DiagonalFisher.of(config, net, weights, List.of(first));
        Map<String, Tensor> b = DiagonalFisher.of(config, net, weights, List.of(rest));
        whole.forEach((name, f) -> {
            assertThat(f.ge(Tensors.scalar(0)).all().item_bool()).isTrue();
            assertTensor(get(twice, name)).isCloseTo(f, 1e-12, 1e-15);
            Tensor sum = times(get(a, name), 2.0 / 6).add(times(get(b, name), 4.0 / 6));
            assertTensor(sum).isCloseTo(f, 1e-12, 1e-15);
        });
        Map<String, Tensor> one = DiagonalFisher.of(
                new FisherConfig(Labels.PREDICTED, Scale.MEAN_ONE, List.of()), net, weights, List.of(all));
        double sum =
                one.values().stream().mapToDouble(f -> f.sum().item_double()).sum();
        long count = one.values().stream().mapToLong(Tensor::numel).sum();
        assertThat(sum / count).isCloseTo(1, Offset.offset(1e-12));
    }

    private static Batch part(Batch batch, long from, long to) {
        return new Batch(
                Map.of("x", slice(batch.get("x"), 0, from, to), Batch.LABELS, slice(batch.labels(), 0, from, to)));
    }

    @Test
    void aModelWithoutGradientsIsRefused() {
        Map<String, Tensor> weights = Map.of("out.weight", torch.zeros(2, 3));
        var batch = new Batch(Map.of("x", torch.zeros(4, 3)));
        assertThatThrownBy(() -> DiagonalFisher.of(
                        new FisherConfig(Labels.PREDICTED, Scale.MEAN_ONE, List.of()),
                        new LinearNet(),
                        weights,
                        List.of(batch)))
                .hasMessageContaining("zero gradients");
    }
}
