package org.counterweight.reparametrize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.gradients;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.HashMap;
import java.util.LinkedHashMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MeanOnlyTest {
    @Test
    void isTheExampleWorkedByHand() {
        try (var scope = Scope.open()) {
            Tensor t = doubles(new double[] {1, 3}, 2, 1).requires_grad_(true);
            Tensor b = doubles(new double[] {0.5}).requires_grad_(true);
            var moved = new HashMap<String, Tensor>();
            Pass pass = Pass.training(new Seed(1).generator()).reporting(moved::put);
            var norm = new MeanOnly("m", doubles(new double[] {0}), 0.1);
            Tensor y = norm.apply(t, b, -1, pass);
            assertTensor(y).isCloseTo(doubles(new double[] {-0.5, 1.5}, 2, 1), 1e-12, 0);
            assertTensor(moved.get("m.mean_only_bn.running_mean")).isCloseTo(doubles(new double[] {0.2}), 1e-12, 0);
            Tensor[] found = gradients(y.mul(doubles(new double[] {1, 0}, 2, 1)).sum(), false, t, b);
            assertTensor(found[0]).isCloseTo(doubles(new double[] {0.5, -0.5}, 2, 1), 1e-12, 0);
            assertTensor(found[1]).isCloseTo(doubles(new double[] {1}), 1e-12, 0);
            Tensor shifted = norm.apply(t.add(Tensors.scalar(7)), b, -1, pass);
            assertTensor(shifted).as("a constant added to t").isCloseTo(y, 1e-12, 1e-12);
            assertTensor(norm.apply(t, b, -1, Pass.evaluation()))
                    .isCloseTo(doubles(new double[] {1.5, 3.5}, 2, 1), 1e-12, 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mlp", "convnet", "bert", "gpt2"})
    void isFoldedIntoTheBiases(String name) {
        try (var scope = Scope.open()) {
            Model model = Models.named(name);
            Params params = Models.method("weight_norm", "mean_only_bn: true")
                    .attach(model, Models.params(model, ScalarType.Double));
            var moved = new LinkedHashMap<String, Tensor>();
            Pass pass =
                    Pass.training(new Seed(1).generator()).reporting((key, value) -> moved.put(key, Scope.own(value)));
            model.forward(params, Models.batch(model, ScalarType.Double, 4), pass)
                    .logits();
            assertThat(moved.keySet()).isEqualTo(params.statistics().keySet()).isNotEmpty();
            params.statistics().forEach((key, running) -> running.copy_(moved.get(key)));
            Tensor expected = model.forward(params, Models.batch(model, ScalarType.Double, 4), Pass.evaluation())
                    .logits();
            Params folded = Params.of(params.materialized());
            assertTensor(model.forward(folded, Models.batch(model, ScalarType.Double, 4), Pass.evaluation())
                            .logits())
                    .isCloseTo(expected, 1e-9, 1e-11);
        }
    }

    @Test
    void aModelWithoutBiasesHasNothingToFoldItInto() {
        Model lstm = Models.named("lstm");
        assertThatThrownBy(
                        () -> Models.method("weight_norm", "mean_only_bn: true").check(lstm))
                .hasMessageContaining("weight_norm.mean_only_bn: true")
                .hasMessageContaining("no module here has a bias");
    }
}
