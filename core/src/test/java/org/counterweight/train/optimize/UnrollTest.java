package org.counterweight.train.optimize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Of a small net in float64. */
class UnrollTest {
    private static final int STEPS = 5;
    private static final double RATE = 0.3;

    private static Tensor drawn(String name, long... shape) {
        return torch.zeros(shape, Tensors.options(torch.ScalarType.Double))
                .normal_(0, 1, Tensors.optional(new Seed(4).child(name).generator()));
    }

    private static Map<String, Tensor> start() {
        var start = new LinkedHashMap<String, Tensor>();
        start.put("a", drawn("a", 3, 4).requires_grad_(true));
        start.put("b", drawn("b", 1, 3).requires_grad_(true));
        return start;
    }

    private static Tensor loss(Map<String, Tensor> weights) {
        Tensor hidden = Tensors.linear(drawn("x", 6, 4), Objects.requireNonNull(weights.get("a")), null)
                .tanh();
        Tensor out = Tensors.linear(hidden, Objects.requireNonNull(weights.get("b")), null);
        return out.sub(drawn("y", 6, 1)).square().mean();
    }

    private static Map<String, Tensor> unrolled(
            Map<String, Tensor> start, Tensor rate, double momentum, boolean keepGraph) {
        Map<String, Tensor> weights = start;
        @Nullable Map<String, Tensor> velocity = null;
        for (int i = 0; i < STEPS; i++) {
            Unroll.Step step = Unroll.step(weights, loss(weights), rate, momentum, velocity, keepGraph);
            weights = step.trainables();
            velocity = step.velocity();
        }
        return weights;
    }

    private static Tensor rate(double value) {
        return Tensors.doubles(new double[] {value}).squeeze();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.9})
    void theStepsAreTheOptimizersOwn(double momentum) {
        try (var scope = Scope.open()) {
            Map<String, Tensor> moved = start();
            try (var optimizer = Optimizer.of(new Sgd(momentum, false), moved, RATE, 0)) {
                for (int i = 0; i < STEPS; i++) {
                    Gradients.clear(moved.values());
                    loss(moved).backward();
                    optimizer.step(1);
                }
            }
            for (boolean keepGraph : new boolean[] {true, false}) {
                unrolled(start(), rate(RATE), momentum, keepGraph)
                        .forEach((name, tensor) -> assertTensor(tensor.detach())
                                .as(name)
                                .isCloseTo(
                                        Objects.requireNonNull(moved.get(name)).detach(), 1e-12, 1e-12));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.9})
    void gradientsFlowBackToTheRateAndTheStart(double momentum) {
        try (var scope = Scope.open()) {
            Map<String, Tensor> start = start();
            Tensor rate = rate(RATE).requires_grad_(true);
            Tensor a = Objects.requireNonNull(start.get("a"));
            Tensor[] gradients = Tensors.gradients(loss(unrolled(start, rate, momentum, true)), false, rate, a);
            double h = 1e-6;
            double byRate = (after(start(), RATE + h, momentum) - after(start(), RATE - h, momentum)) / (2 * h);
            assertThat(gradients[0].item_double()).isCloseTo(byRate, within(1e-6 * Math.max(1, Math.abs(byRate))));
            for (int place = 0; place < 12; place += 5) {
                double quotient = (nudged(place, h, momentum) - nudged(place, -h, momentum)) / (2 * h);
                assertThat(gradients[1].view(-1).select(0, place).item_double())
                        .isCloseTo(quotient, within(1e-6 * Math.max(1, Math.abs(quotient))));
            }
        }
    }

    private static double after(Map<String, Tensor> start, double rate, double momentum) {
        return loss(unrolled(start, rate(rate), momentum, false)).item_double();
    }

    private static double nudged(int place, double by, double momentum) {
        Map<String, Tensor> start = start();
        try (var off = Tensors.noGrad()) {
            Objects.requireNonNull(start.get("a")).view(-1).select(0, place).add_(Tensors.scalar(by));
        }
        return after(start, RATE, momentum);
    }

    @Test
    void withoutAGraphNothingIsHeld() {
        try (var scope = Scope.open()) {
            unrolled(start(), rate(RATE), 0.9, false)
                    .values()
                    .forEach(tensor -> assertThat(tensor.is_leaf()).isTrue());
        }
    }
}
