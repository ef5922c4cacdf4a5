package org.counterweight.train.optimize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.train.TrainConfig;
import org.counterweight.weights.SafetensorsFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against seven steps of torch.optim 2.x in float64 (single-tensor forms), clipped to 2.5; one gradient is missing once. */
class OptimizerTest {
    private static final int STEPS = 7;

    private static UpdateRule rule(String name) {
        return switch (name) {
            case "adamw" -> new Adam(0.8, 0.95, 1e-7, true);
            case "adam" -> new Adam(0.8, 0.95, 1e-7, false);
            case "sgd" -> new Sgd(0, false);
            case "momentum" -> new Sgd(0.9, false);
            case "nesterov" -> new Sgd(0.9, true);
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static SafetensorsFile reference() {
        try {
            return SafetensorsFile.open(
                    Path.of(Objects.requireNonNull(OptimizerTest.class.getResource("/train/optimizers.safetensors"))
                            .toURI()));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, Tensor> start(SafetensorsFile file) {
        var parameters = new LinkedHashMap<String, Tensor>();
        for (int i = 0; i < 2; i++) {
            parameters.put("p" + i, file.tensor("start." + i).clone().requires_grad_(true));
        }
        return parameters;
    }

    private static void giveGradients(SafetensorsFile file, Map<String, Tensor> parameters, int t) {
        Gradients.clear(parameters.values());
        for (int i = 0; i < 2; i++) {
            if (t != 3 || i != 1) {
                Tensor p = Objects.requireNonNull(parameters.get("p" + i));
                p.mul(file.tensor("gradient." + t + "." + i)).sum().backward();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"adamw", "adam", "sgd", "momentum", "nesterov"})
    void movesAsTorchOptim(String name) {
        try (var scope = Scope.open();
                var file = reference()) {
            Map<String, Tensor> parameters = start(file);
            try (Optimizer optimizer = Optimizer.of(rule(name), parameters, 0.03, 0.1)) {
                for (int t = 0; t < STEPS; t++) {
                    giveGradients(file, parameters, t);
                    double norm = Gradients.clip(parameters.values(), 2.5);
                    assertThat(norm).isCloseTo(Tensors.toDoubles(file.tensor("norm." + t))[0], within(1e-12));
                    optimizer.step(1);
                }
            }
            for (int i = 0; i < 2; i++) {
                assertTensor(Objects.requireNonNull(parameters.get("p" + i)).detach())
                        .isCloseTo(file.tensor(name + "." + i), 1e-12, 1e-12);
            }
        }
    }

    private static org.assertj.core.data.Offset<Double> within(double offset) {
        return org.assertj.core.data.Offset.offset(offset);
    }

    @ParameterizedTest
    @ValueSource(strings = {"adamw", "momentum", "sgd"})
    void goesOnFromItsSavedStateToTheLastBit(String name) {
        try (var scope = Scope.open();
                var file = reference()) {
            Map<String, Tensor> whole = start(file);
            Map<String, Tensor> resumed = start(file);
            try (Optimizer unbroken = Optimizer.of(rule(name), whole, 0.03, 0.1);
                    Optimizer first = Optimizer.of(rule(name), resumed, 0.03, 0.1);
                    Optimizer second = Optimizer.of(rule(name), resumed, 0.03, 0.1)) {
                for (int t = 0; t < STEPS; t++) {
                    giveGradients(file, whole, t);
                    unbroken.step(1);
                    if (t == 4) {
                        second.restore(first.state());
                    }
                    giveGradients(file, resumed, t);
                    (t < 4 ? first : second).step(1);
                }
            }
            whole.forEach((p, tensor) -> assertTensor(
                            Objects.requireNonNull(resumed.get(p)).detach())
                    .isEqualTo(tensor.detach()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"adamw", "nesterov"})
    void piecesMoveAsTheWhole(String name) {
        try (var scope = Scope.open()) {
            var random = Tensors.optional(new Seed(3).generator());
            Tensor large = torch.empty(3, 50_001).normal_(0, 1, random).requires_grad_(true);
            Tensor start = large.detach().clone();
            Tensor factor = torch.empty(3, 50_001).normal_(0, 1, random);
            UpdateRule rule = rule(name);
            Tensor[] slots =
                    rule.slots().stream().map(slot -> slot.create(start)).toArray(Tensor[]::new);
            try (Optimizer optimizer = Optimizer.of(rule, Map.of("large", large), 0.1, 0.01)) {
                for (int t = 1; t <= 2; t++) {
                    Gradients.clear(List.of(large));
                    large.mul(factor).sum().backward();
                    optimizer.step(1);
                    rule.update(start, factor, slots, t, 0.1, 0.01);
                }
            }
            assertTensor(large.detach()).isEqualTo(start);
        }
    }

    @Test
    void clearedGradientsAreGone() {
        try (var scope = Scope.open()) {
            Tensor p = Tensors.zeros(2).requires_grad_(true);
            p.sum().backward();
            assertThat(p.grad().defined()).isTrue();
            Gradients.clear(List.of(p));
            assertThat(p.grad().defined()).isFalse();
        }
    }

    @Test
    void groupsAndNormsHaveTheirOwnRates() {
        try (var scope = Scope.open()) {
            Map<String, Tensor> parameters = new LinkedHashMap<>();
            for (String name : List.of("encoder.weight", "encoder.bias", "classifier.weight")) {
                parameters.put(
                        name,
                        torch.ones(name.endsWith("bias") ? new long[] {2} : new long[] {2, 2})
                                .requires_grad_(true));
            }
            var config = TrainConfig.of(
                    "{lr: 0.1, weight_decay: 0.5, optimizer: {name: sgd}, groups: [{names: 'classifier.*', lr: 0.2}]}");
            parameters.values().forEach(p -> p.mul(Tensors.scalar(0)).sum().backward()); // decay alone moves them
            try (Optimizer optimizer = config.optimizer(parameters)) {
                optimizer.step(1);
            }
            assertThat(Tensors.toDoubles(Objects.requireNonNull(parameters.get("encoder.weight")))[0])
                    .isCloseTo(0.95, within(1e-6));
            assertThat(Tensors.toDoubles(Objects.requireNonNull(parameters.get("encoder.bias")))[0])
                    .isEqualTo(1);
            assertThat(Tensors.toDoubles(Objects.requireNonNull(parameters.get("classifier.weight")))[0])
                    .isCloseTo(0.9, within(1e-6));
            assertThatThrownBy(() ->
                            TrainConfig.of("{groups: [{names: 'clasifier.*'}]}").optimizer(parameters))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("train.groups.names: \"clasifier.*\"")
                    .hasMessageContaining("encoder.weight");
        }
    }

    @Test
    void patternsMatchWholeNames() {
        assertThat(new GroupConfig("a.*.c", null, null).matches("a.b.c")).isTrue();
        assertThat(new GroupConfig("a.*.c", null, null).matches("a.c")).isFalse();
        assertThat(new GroupConfig("*bias", null, null).matches("x.bias")).isTrue();
        assertThat(new GroupConfig("a*a", null, null).matches("a")).isFalse();
        assertThat(new GroupConfig("a", null, null).matches("ab")).isFalse();
        assertThat(new GroupConfig("*", null, null).matches("anything")).isTrue();
    }
}
