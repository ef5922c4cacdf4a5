package org.counterweight.reparametrize.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.reparametrize.norm.WeightNormConfig.Style;
import org.counterweight.weights.WeightsException;
import org.junit.jupiter.api.Test;

class StateDictTest {
    private static Tensor normal(String what, long... shape) {
        return torch.empty(shape)
                .normal_(0, 1, Tensors.optional(new Seed(2).child(what).generator()));
    }

    private static StateDict of(Object... pairs) {
        var tensors = new LinkedHashMap<String, Tensor>();
        for (int i = 0; i < pairs.length; i += 2) {
            tensors.put((String) pairs[i], (Tensor) pairs[i + 1]);
        }
        return StateDict.of("file", tensors);
    }

    @Test
    void bothSpellingsAreReadAndWritten() {
        try (var scope = Scope.open()) {
            Tensor v = normal("v", 4, 5);
            Tensor g = normal("g", 4, 1);
            Tensor expected = v.mul(g.div(v.square().sum(1).unsqueeze(1).sqrt()));
            StateDict hook = of("a.weight_g", g, "a.weight_v", v, "a.bias", normal("b", 4));
            StateDict parametrized = of(
                    "a.parametrizations.weight.original0",
                    g,
                    "a.parametrizations.weight.original1",
                    v,
                    "a.bias",
                    normal("b", 4));
            StateDict recurrent = of(
                    "weight_hh_l0_g",
                    g,
                    "weight_hh_l0_v",
                    v,
                    "rnn.parametrizations.weight_ih_l1_reverse.original0",
                    g,
                    "rnn.parametrizations.weight_ih_l1_reverse.original1",
                    v);
            for (StateDict state : List.of(hook, parametrized)) {
                assertThat(state.folded()).containsExactly("a.weight");
                assertThat(state.plain()).containsOnlyKeys("a.weight", "a.bias");
                assertTensor(state.plain().get("a.weight")).isCloseTo(expected, 1e-6, 1e-7);
                assertThat(state.written(Style.HOOK)).containsOnlyKeys("a.weight_g", "a.weight_v", "a.bias");
                assertThat(state.written(Style.PARAMETRIZATIONS))
                        .containsOnlyKeys(
                                "a.parametrizations.weight.original0", "a.parametrizations.weight.original1", "a.bias");
                assertTensor(state.written(Style.HOOK).get("a.weight_v")).isEqualTo(v);
            }
            assertThat(recurrent.plain()).containsOnlyKeys("weight_hh_l0", "rnn.weight_ih_l1_reverse");
        }
    }

    @Test
    void theDimensionIsToldByG() {
        try (var scope = Scope.open()) {
            Tensor v = normal("v", 4, 3, 5);
            for (long[] shape : new long[][] {{4, 1, 1}, {1, 3, 1}, {1, 1, 5}, {}, {3}}) {
                Tensor g = normal("g", shape);
                Tensor plain = of("a.weight_g", g, "a.weight_v", v).plain().get("a.weight");
                long dim = shape.length == 0
                        ? -1
                        : shape.length == 1 ? 1 : List.of(4L, 3L, 5L).indexOf(g.numel());
                Tensor norms = dim < 0 ? v.norm() : torch.norm_except_dim(v, 2, dim);
                Tensor along = dim < 0 ? g : g.view(Tensors.shape(norms));
                assertTensor(plain).isCloseTo(v.mul(along.div(norms)), 1e-5, 1e-6);
            }
            assertThatThrownBy(() -> of("a.weight_g", normal("g", 6, 1, 1), "a.weight_v", v))
                    .isInstanceOf(WeightsException.class)
                    .hasMessageContaining("file: a.weight has lengths of shape [6, 1, 1]")
                    .hasMessageContaining("do not go together");
            assertThatThrownBy(() -> of("a.weight_g", normal("g", 4), "a.weight_v", normal("v", 4, 4)))
                    .hasMessageContaining("fit along more than one dimension");
        }
    }

    @Test
    void whatIsMissingTwiceOrUnusedIsNamed() {
        try (var scope = Scope.open()) {
            Tensor v = normal("v", 4, 5);
            Tensor g = normal("g", 4, 1);
            assertThatThrownBy(() -> of("a.weight_v", v))
                    .hasMessageContaining("file: a.weight has v and no g beside it");
            assertThatThrownBy(() -> of("a.parametrizations.weight.original0", g))
                    .hasMessageContaining("a.weight has g and no v");
            assertThatThrownBy(() -> of("a.weight_g", g, "a.weight_v", v, "a.weight", v))
                    .hasMessageContaining("has a.weight beside what it is made of");
            assertThatThrownBy(() -> of("a.weight_g", g, "a.weight_v", v, "a.parametrizations.weight.original1", v))
                    .hasMessageContaining("in both spellings");
            StateDict state = of("clasifier.weight_g", g, "clasifier.weight_v", v, "other", v);
            assertThatThrownBy(
                            () -> state.refuseUnused(List.of("other", "clasifier.weight"), Set.of("classifier.weight")))
                    .hasMessageContaining("has the parts of clasifier.weight, which is no weight of this model")
                    .hasMessageContaining("classifier.weight");
            Tensor zero = v.clone();
            zero.select(0, 3).zero_();
            assertThatThrownBy(() -> of("a.weight_g", g, "a.weight_v", zero).plain())
                    .hasMessageContaining("a.weight: row 3 is zero");
            assertThatThrownBy(() -> of(
                            "a.parametrizations.weight.original", v,
                            "a.parametrizations.weight.0.a", g,
                            "a.parametrizations.weight.0.b", g))
                    .hasMessageContaining("metadata has no weight_compander");
        }
    }

    @Test
    void whatOnlyLooksAlikeStaysAsItIs() {
        try (var scope = Scope.open()) {
            Tensor v = normal("v", 4, 5);
            StateDict state = of("a.kernel_g", v, "a.weight", v, "weights_v", v.to(ScalarType.Half));
            assertThat(state.folded()).containsExactlyInAnyOrder();
        }
    }
}
