package org.counterweight.adapt.adalora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Pass;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The properties of AdaLoRA's budget and allocation. */
class RankAllocatorTest {
    private static final int STEPS = 30;

    private static AdaLoraConfig config(String more) {
        return Configs.bind(
                Configs.yaml("{init_r: 4, target_r: 2, tinit: 3, tfinal: 6, delta_t: 2" + more + "}", "test"),
                AdaLoraConfig.class,
                "");
    }

    /** Three layers in a row, each adapted, learning a fixed target by plain gradient steps. */
    private static final class Run {
        final Map<String, AdaLora> adapters = new LinkedHashMap<>();
        final List<Tensor> bases = new ArrayList<>();
        final RankAllocator allocator;
        final Tensor x;
        final Tensor target;

        Run(AdaLoraConfig config) {
            Generator random = new Seed(21).generator();
            for (int k = 0; k < 3; k++) {
                bases.add(Tensors.zeros(8, 8).normal_(0, 0.4, Tensors.optional(random)));
                adapters.put("layer." + k, AdaLora.create(config, bases.get(k), random));
            }
            x = Tensors.zeros(32, 8).normal_(0, 1, Tensors.optional(random));
            target = Tensors.zeros(32, 8).normal_(0, 1, Tensors.optional(random));
            allocator = new RankAllocator(config, adapters, STEPS);
        }

        AdaLora adapter(String name) {
            return Objects.requireNonNull(adapters.get(name));
        }

        void step(long step) {
            try (var scope = Scope.open()) {
                Tensor h = x;
                for (int k = 0; k < 3; k++) {
                    h = adapter("layer." + k)
                            .apply(h, bases.get(k), null, Pass.evaluation())
                            .tanh();
                }
                adapters.values()
                        .forEach(adapter -> adapter.trainables()
                                .values()
                                .forEach(tensor -> tensor.mutable_grad().reset()));
                torch.mse_loss(h, target).backward();
                try (var off = Tensors.noGrad()) {
                    adapters.values()
                            .forEach(adapter -> adapter.trainables()
                                    .values()
                                    .forEach(tensor -> tensor.sub_(tensor.grad(), scalar(1))));
                }
                allocator.afterStep(step);
            }
        }

        long kept() {
            return allocator.ranks().values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"uncertain", "smoothed", "sensitivity", "magnitude"})
    void keepsTheBudgetAndEndsAtItsTarget(String importance) {
        try (var scope = Scope.open();
                var run = new Run(config(", importance: " + importance)).allocator) {
            assertThat(run.schedule().budget(0)).isEqualTo(12);
        }
        try (var scope = Scope.open()) {
            var run = new Run(config(", importance: " + importance));
            long last = Long.MAX_VALUE;
            for (long t = 1; t <= STEPS; t++) {
                run.step(t);
                long budget = run.allocator.schedule().budget(t);
                assertThat(budget).isLessThanOrEqualTo(last);
                last = budget;
                if (run.allocator.schedule().allocates(t)) {
                    assertThat(run.kept()).isEqualTo(budget);
                }
            }
            assertThat(run.kept()).isEqualTo(6);
            run.adapters.forEach(
                    (name, adapter) -> assertThat(adapter.e().count_nonzero().item_long())
                            .isEqualTo(run.allocator.ranks().get(name)));
            run.allocator.close();
        }
    }

    @Test
    void allocationLeavesTheVectorsAlone() {
        try (var scope = Scope.open()) {
            var run = new Run(config(""));
            run.step(1);
            Tensor a = run.adapter("layer.0").a().detach().clone();
            run.allocator.allocate(3);
            assertTensor(run.adapter("layer.0").a()).isEqualTo(a);
            assertThat(run.kept()).isEqualTo(3);
            run.allocator.allocate(12);
            assertThat(run.kept()).as("what was off may come back").isEqualTo(12);
            run.allocator.close();
        }
    }

    @Test
    void compactingChangesNoOutput() {
        try (var scope = Scope.open()) {
            var run = new Run(config(""));
            for (long t = 1; t <= STEPS; t++) {
                run.step(t);
            }
            run.allocator.compacted().forEach((name, compact) -> {
                Tensor base = run.bases.get(0);
                assertTensor(compact.weight(base)).isCloseTo(run.adapter(name).weight(base), 1e-6, 1e-7);
                assertThat(compact.a().size(0)).isEqualTo(run.allocator.ranks().get(name));
            });
            run.allocator.close();
        }
    }

    @Test
    void aRunThatIsTakenUpAgainGoesOnTheSame() {
        try (var scope = Scope.open()) {
            var whole = new Run(config(""));
            var first = new Run(config(""));
            var second = new Run(config(""));
            for (long t = 1; t <= STEPS; t++) {
                whole.step(t);
                if (t <= 11) {
                    first.step(t);
                }
            }
            try (var off = Tensors.noGrad()) {
                first.adapters.forEach((name, adapter) -> adapter.trainables()
                        .forEach((of, tensor) -> Objects.requireNonNull(
                                        second.adapter(name).trainables().get(of))
                                .copy_(tensor)));
            }
            second.allocator.restore(first.allocator.state());
            for (long t = 12; t <= STEPS; t++) {
                second.step(t);
            }
            whole.adapters.forEach(
                    (name, adapter) -> assertTensor(second.adapter(name).e()).isEqualTo(adapter.e()));
            whole.allocator.close();
            first.allocator.close();
            second.allocator.close();
        }
    }

    @Test
    void stepsOutOfOrderAndMissingGradientsAreErrors() {
        try (var scope = Scope.open()) {
            var run = new Run(config(""));
            assertThatThrownBy(() -> run.allocator.afterStep(1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("layer.0.lora_A");
            run.step(2);
            assertThatThrownBy(() -> run.allocator.afterStep(2)).hasMessageContaining("step 2 after step 2");
            run.allocator.close();
        }
    }
}
