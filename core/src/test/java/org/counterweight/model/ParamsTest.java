package org.counterweight.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.engine.Tensors.gradients;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.module.Convolution;
import org.counterweight.model.part.Activation;
import org.counterweight.model.zoo.image.Mlp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParamsTest {
    private static final Mlp MLP = new Mlp(3, List.of(4), 2, Activation.TANH, 0);
    private final Scope scope = Scope.open();

    @AfterEach
    void close() {
        scope.close();
    }

    private static Tensor normal(long seed, long... shape) {
        return torch.empty(shape)
                .normal_(0, 1, Tensors.optional(new Seed(seed).generator()))
                .requires_grad_(true);
    }

    /** W' = W * g, one gain an output: sees {@code [out, in, …]}. */
    private record Gains(Tensor g) implements Parametrization {
        @Override
        public Tensor weight(Tensor base) {
            long[] shape = new long[Math.toIntExact(base.dim())];
            Arrays.fill(shape, 1);
            shape[0] = -1;
            return base.mul(g.view(shape));
        }

        @Override
        public Gains with(Map<String, Tensor> tensors) {
            return new Gains(tensors.getOrDefault("g", g));
        }

        @Override
        public Map<String, Tensor> trainables() {
            return Map.of("g", g);
        }
    }

    /** What comes out, plus what went in through a matrix; keeps what it saw. */
    private record Bypass(Tensor m, List<String> seen) implements Tap {
        @Override
        public Tensor apply(String point, Tensor in, Tensor out, Pass pass) {
            seen.add(point + " of " + pass.batch().rows() + " rows");
            return out.add(Tensors.linear(in, m, null));
        }

        @Override
        public Bypass with(Map<String, Tensor> tensors) {
            return new Bypass(tensors.getOrDefault("m", m), seen);
        }

        @Override
        public Map<String, Tensor> trainables() {
            return Map.of("m", m);
        }
    }

    private static Batch batch() {
        return new Batch(Map.of(Batch.PIXEL_VALUES, normal(1, 2, 3).detach()));
    }

    @Test
    void aTapSeesWhatGoesInWhatComesOutAndTheBatch() {
        Params plain = Params.of(MLP.initialize(new Seed(2).generator()));
        Tensor m = normal(3, 4, 3);
        var seen = new ArrayList<String>();
        Params tapped = plain.tapped(Map.of("layers.0", new Bypass(m, seen)));
        Tensor x = batch().get(Batch.PIXEL_VALUES);
        Tensor hidden = Tensors.linear(x, plain.weight("layers.0.weight"), plain.weight("layers.0.bias"))
                .tanh()
                .add(Tensors.linear(x, m, null));
        Tensor expected = Tensors.linear(hidden, plain.weight("layers.1.weight"), plain.weight("layers.1.bias"));
        assertTensor(MLP.forward(tapped, batch(), Pass.evaluation()).logits()).isCloseTo(expected, 1e-6, 1e-6);
        assertThat(seen).containsExactly("layers.0 of 2 rows");
    }

    /** Several tensors, in the order of {@code Map.of}, which is another in each Java machine. */
    private record Several(Map<String, Tensor> trainables) implements Parametrization {
        @Override
        public Tensor weight(Tensor base) {
            return base;
        }

        @Override
        public Several with(Map<String, Tensor> tensors) {
            return this;
        }
    }

    @Test
    void trainablesStandInTheOrderOfTheirNames() {
        var parts = new LinkedHashMap<String, Tensor>();
        for (String name : List.of("d", "b", "e", "a", "c")) {
            parts.put(name, normal(1, 2));
        }
        Params params = Params.of(MLP.initialize(new Seed(2).generator()))
                .parametrized(Map.of("layers.1.weight", new Several(parts)));
        assertThat(params.trainables().keySet())
                .containsExactly("layers.1.a", "layers.1.b", "layers.1.c", "layers.1.d", "layers.1.e");
    }

    @Test
    void everyKindOfTrainableIsReplacedByName() {
        var weights = new LinkedHashMap<>(MLP.initialize(new Seed(2).generator()));
        weights.computeIfPresent("layers.1.bias", (name, tensor) -> tensor.requires_grad_(true));
        Params params = Params.of(weights)
                .parametrized(Map.of("layers.1.weight", new Gains(normal(4, 2))))
                .tapped(Map.of("layers.0", new Bypass(normal(3, 4, 3), new ArrayList<>())));
        var leaves = new LinkedHashMap<String, Tensor>();
        var doubled = new LinkedHashMap<String, Tensor>();
        params.trainables().forEach((name, tensor) -> {
            Tensor leaf = tensor.detach().clone().requires_grad_(true);
            leaves.put(name, leaf);
            doubled.put(name, leaf.mul(scalar(2)));
        });
        assertThat(doubled).containsOnlyKeys("layers.1.bias", "layers.1.g", "layers.0.m");
        Params changed = params.withTrainables(doubled);
        changed.trainables().forEach((name, tensor) -> assertTensor(tensor).isEqualTo(doubled.get(name)));
        Tensor loss = MLP.forward(changed, batch(), Pass.evaluation())
                .logits()
                .square()
                .sum();
        for (Tensor gradient : gradients(loss, false, leaves.values().toArray(Tensor[]::new))) {
            assertThat(gradient.abs().max().item_double()).isGreaterThan(0);
        }
        Params one = params.withTrainables(Map.of("layers.1.g", normal(9, 2)));
        assertTensor(one.trainables().get("layers.0.m"))
                .isEqualTo(params.trainables().get("layers.0.m"));
    }

    @Test
    void whatIsNotTrainedIsNotReplaced() {
        Params params = Params.of(MLP.initialize(new Seed(2).generator()))
                .parametrized(Map.of("layers.1.weight", new Gains(normal(4, 2))));
        assertThatThrownBy(() -> params.withTrainables(Map.of("layers.1.h", normal(1, 2))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("layers.1.h")
                .hasMessageContaining("layers.1.g");
        assertThatThrownBy(() -> params.withTrainables(Map.of("layers.0.bias", normal(1, 4))))
                .hasMessageContaining("layers.0.bias");
    }

    @Test
    void aConvolutionsParametrizationSeesOutputsFirst() {
        Tensor x = normal(1, 2, 5, 6, 6);
        Tensor weight = normal(2, 7, 5, 3, 3);
        Tensor bias = normal(3, 7);
        Tensor g = normal(4, 7);
        Params params =
                Params.of(Map.of("c.weight", weight, "c.bias", bias)).parametrized(Map.of("c.weight", new Gains(g)));
        Tensor expected = torch.conv2d(
                x,
                weight.mul(g.view(-1, 1, 1, 1)),
                new TensorOptional(bias),
                new long[] {2, 2},
                new long[] {1, 1},
                new long[] {1, 1},
                1);
        assertTensor(params.conv("c", x, Convolution.of(2, 1), Pass.evaluation()))
                .isCloseTo(expected, 1e-4, 1e-4);
    }

    @ParameterizedTest
    @CsvSource({"5, 7, 2, 1, 1", "16, 3, 1, 0, 0", "3, 16, 2, 0, 1"})
    void aTransposedConvolutionIsStoredInputsFirst(long in, long out, long stride, long padding, long more) {
        Tensor x = normal(1, 2, in, 4, 4);
        Tensor weight = normal(2, in, out, 3, 3);
        Tensor bias = normal(3, out);
        Tensor g = normal(4, out);
        Params plain = Params.of(Map.of("c.weight", weight, "c.bias", bias));
        var shape = Convolution.transposed(stride, padding, more);
        assertTensor(plain.conv("c", x, shape, Pass.evaluation()))
                .isCloseTo(transposed(x, weight, bias, stride, padding, more), 1e-4, 1e-4);
        Params adapted = plain.parametrized(Map.of("c.weight", new Transposed(new Gains(g))));
        assertTensor(adapted.conv("c", x, shape, Pass.evaluation()))
                .isCloseTo(transposed(x, weight.mul(g.view(1, -1, 1, 1)), bias, stride, padding, more), 1e-4, 1e-4);
        assertThatThrownBy(() ->
                        plain.parametrized(Map.of("c.weight", new Gains(g))).conv("c", x, shape, Pass.evaluation()))
                .hasMessageContaining("c.weight is stored [in, out]");
    }

    private static Tensor transposed(Tensor x, Tensor weight, Tensor bias, long stride, long padding, long more) {
        return torch.conv_transpose2d(
                x,
                weight,
                new TensorOptional(bias),
                new long[] {stride, stride},
                new long[] {padding, padding},
                new long[] {more, more},
                1,
                new long[] {1, 1});
    }

    @Test
    void someRowsOfATableAreParametrizedToo() {
        Tensor table = normal(1, 6, 3);
        Tensor g = normal(2, 6);
        Params plain = Params.of(Map.of("t.weight", table));
        assertTensor(plain.embedding("t", 1, 4)).isEqualTo(Tensors.slice(table, 0, 1, 4));
        Params adapted = plain.parametrized(Map.of("t.weight", new Gains(g)));
        assertTensor(adapted.embedding("t", 1, 4))
                .isCloseTo(Tensors.slice(table.mul(g.unsqueeze(1)), 0, 1, 4), 1e-6, 1e-6);
    }

    @Test
    void aPassSaysWhatItHas() {
        assertThatThrownBy(() -> Pass.evaluation().random()).hasMessageContaining("isTraining");
        assertThatThrownBy(() -> Pass.evaluation().batch()).hasMessageContaining("no batch");
        assertThatThrownBy(() -> Pass.evaluation().differentiable(3)).hasMessageContaining("not 3 times");
        var random = new Seed(1).generator();
        assertThat(Pass.training(random).differentiable(2).random()).isSameAs(random);
    }
}
