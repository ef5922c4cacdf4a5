package org.counterweight.train.optimize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.train.optimize.SlotSpec.Shape;
import org.counterweight.train.state.TrainingException;
import org.junit.jupiter.api.Test;

class SlotSpecTest {
    /** A step of the rate's length along each row's gradient, shorter from step to step; both figures are remembered. */
    private record RowNorms() implements UpdateRule {
        @Override
        public List<SlotSpec> slots() {
            return List.of(
                    SlotSpec.like("sum"), new SlotSpec("norms", Shape.ROWS, 0.5), new SlotSpec("rate", Shape.ONE, 1));
        }

        @Override
        public boolean elementwise() {
            return false;
        }

        @Override
        public void update(Tensor parameter, Tensor gradient, Tensor[] slots, long t, double rate, double decay) {
            Tensor rows = gradient.dim() == 0 ? gradient : gradient.reshape(gradient.size(0), -1);
            slots[0].add_(gradient);
            slots[1].add_(rows.dim() == 0 ? rows.abs() : Tensors.sum(rows.abs(), false, 1));
            slots[2].mul_(Tensors.scalar(0.5));
            Tensor step = rows.dim() == 0
                    ? slots[0].div(slots[1])
                    : slots[0].reshape(rows.size(0), -1)
                            .div(slots[1].unsqueeze(1))
                            .view_as(parameter);
            parameter.sub_(step.mul(slots[2]).mul(Tensors.scalar(rate)));
        }
    }

    /** Moves nothing, and keeps what it is told to. */
    private record Still(List<SlotSpec> slots) implements UpdateRule {
        @Override
        public void update(Tensor parameter, Tensor gradient, Tensor[] slots, long t, double rate, double decay) {}
    }

    private static Map<String, Tensor> parameters() {
        var random = Tensors.optional(new Seed(5).generator());
        var parameters = new LinkedHashMap<String, Tensor>();
        parameters.put("large", torch.empty(3, 50_001).normal_(0, 1, random).requires_grad_(true));
        parameters.put("kernel", torch.empty(4, 2, 3).normal_(0, 1, random).requires_grad_(true));
        parameters.put("scale", torch.ones(new long[0]).requires_grad_(true));
        return parameters;
    }

    private static void step(Optimizer optimizer, Map<String, Tensor> parameters) {
        Gradients.clear(parameters.values());
        parameters.values().forEach(p -> p.square().sum().backward());
        optimizer.step(1);
    }

    @Test
    void slotsBeginAsTheyAreDeclared() {
        try (var scope = Scope.open();
                Optimizer optimizer = Optimizer.of(new RowNorms(), parameters(), 0.1, 0)) {
            Map<String, Tensor> state = optimizer.state();
            assertTensor(slot(state, "kernel/sum")).isEqualTo(Tensors.zeros(4, 2, 3));
            assertTensor(slot(state, "kernel/norms")).isEqualTo(torch.full(new long[] {4}, Tensors.scalar(0.5)));
            assertTensor(slot(state, "scale/norms")).isEqualTo(torch.full(new long[0], Tensors.scalar(0.5)));
            assertTensor(slot(state, "large/rate")).isEqualTo(torch.ones(new long[0]));
        }
    }

    @Test
    void aRuleOfRowsIsGivenEveryParameterWhole() {
        try (var scope = Scope.open()) {
            Map<String, Tensor> parameters = parameters();
            Tensor large = slot(parameters, "large");
            Tensor start = large.detach().clone();
            Tensor gradient = start.mul(Tensors.scalar(2));
            var rule = new RowNorms();
            Tensor[] slots =
                    rule.slots().stream().map(slot -> slot.create(start)).toArray(Tensor[]::new);
            rule.update(start, gradient, slots, 1, 0.1, 0);
            try (Optimizer optimizer = Optimizer.of(rule, parameters, 0.1, 0)) {
                step(optimizer, parameters);
            }
            assertTensor(large.detach()).isEqualTo(start);
        }
    }

    @Test
    void aRuleOfRowsGoesOnFromItsSavedStateAndForgetsToItsStart() {
        try (var scope = Scope.open()) {
            Map<String, Tensor> whole = parameters();
            Map<String, Tensor> resumed = parameters();
            try (Optimizer unbroken = Optimizer.of(new RowNorms(), whole, 0.1, 0);
                    Optimizer first = Optimizer.of(new RowNorms(), resumed, 0.1, 0);
                    Optimizer second = Optimizer.of(new RowNorms(), resumed, 0.1, 0)) {
                step(unbroken, whole);
                step(unbroken, whole);
                step(first, resumed);
                second.restore(first.state());
                step(second, resumed);
                whole.forEach((name, tensor) ->
                        assertTensor(slot(resumed, name).detach()).as(name).isEqualTo(tensor.detach()));
                second.reset();
                assertTensor(slot(second.state(), "kernel/norms"))
                        .isEqualTo(torch.full(new long[] {4}, Tensors.scalar(0.5)));
            }
        }
    }

    @Test
    void aSavedSlotOfAnotherShapeIsRefusedAndNotStretched() {
        try (var scope = Scope.open();
                Optimizer optimizer = Optimizer.of(new RowNorms(), parameters(), 0.1, 0)) {
            var state = new LinkedHashMap<>(optimizer.state());
            state.put("kernel/norms", Tensors.zeros(1));
            assertThatThrownBy(() -> optimizer.restore(state))
                    .isInstanceOf(TrainingException.class)
                    .hasMessage("kernel/norms of the checkpoint is [1], the optimizer's is [4];"
                            + " it was written by a run of another model");
        }
    }

    @Test
    void slotsThatDoNotGoTogetherAreRefused() {
        List<SlotSpec> rows = List.of(new SlotSpec("norms", Shape.ROWS, 0));
        assertThatThrownBy(() -> new Optimizer(new Still(rows), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("its slot norms has not one for each");
        List<SlotSpec> twice = List.of(SlotSpec.like("sum"), SlotSpec.like("sum"));
        assertThatThrownBy(() -> new Optimizer(new Still(twice), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two slots called sum");
        for (String name : List.of("", "step", "a/b")) {
            assertThatThrownBy(() -> SlotSpec.like(name)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> new SlotSpec("sum", Shape.ONE, Double.NaN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("starts at NaN");
    }

    /** What is estimated is what is kept. */
    @Test
    void theBytesOfARuleAreThoseOfItsSlots() {
        try (var scope = Scope.open()) {
            Map<String, Tensor> parameters = parameters();
            parameters.put(
                    "wide", torch.ones(new long[] {5, 5}).to(ScalarType.Double).requires_grad_(true));
            for (UpdateRule rule : List.of(new RowNorms(), new Adam(0.9, 0.999, 1e-8, true), new Sgd(0, false))) {
                try (Optimizer optimizer = Optimizer.of(rule, parameters, 0.1, 0)) {
                    var kept = new ArrayList<Long>();
                    optimizer.state().forEach((name, tensor) -> {
                        if (!name.endsWith("/step")) {
                            kept.add(tensor.numel() * tensor.element_size());
                        }
                    });
                    assertThat(SlotSpec.bytes(rule.slots(), parameters.values()))
                            .isEqualTo(kept.stream().mapToLong(Long::longValue).sum());
                }
            }
        }
    }

    private static Tensor slot(Map<String, Tensor> tensors, String name) {
        return Objects.requireNonNull(tensors.get(name), name);
    }
}
