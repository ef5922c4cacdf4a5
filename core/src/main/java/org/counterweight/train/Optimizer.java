package org.counterweight.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;

/**
 * Applies an {@link UpdateRule} to named parameters, each with a learning rate and weight decay of its own, and keeps what
 * the rule remembers. A parameter that got no gradient is left alone, its decay and its count of steps included.
 *
 * <p>Not thread-safe. The slots belong to this object: {@link #close} frees them. The parameters do not.
 */
public final class Optimizer implements Remembering, AutoCloseable {
    private final UpdateRule rule;
    private final List<Slot> all = new ArrayList<>();

    /**
     * @param rate multiplied by the schedule's factor at each step
     * @param weightDecay λ
     */
    public record Parameter(String name, Tensor tensor, double rate, double weightDecay) {}

    /** One parameter, what the rule remembers of it, and how often it has moved. */
    private static final class Slot {
        final Parameter parameter;
        final Tensor[] remembered;
        long steps;

        Slot(Parameter parameter, Tensor[] remembered) {
            this.parameter = parameter;
            this.remembered = remembered;
        }
    }

    public Optimizer(UpdateRule rule, List<Parameter> parameters) {
        this.rule = rule;
        try (var scope = Scope.open()) {
            for (Parameter parameter : parameters) {
                Tensor[] remembered = new Tensor[rule.slots().size()];
                for (int i = 0; i < remembered.length; i++) {
                    remembered[i] =
                            Scope.own(torch.zeros_like(parameter.tensor().detach()));
                }
                all.add(new Slot(parameter, remembered));
            }
        }
    }

    /** All parameters in one group. */
    public static Optimizer of(UpdateRule rule, Map<String, Tensor> parameters, double rate, double weightDecay) {
        var list = new ArrayList<Parameter>();
        parameters.forEach((name, tensor) -> list.add(new Parameter(name, tensor, rate, weightDecay)));
        return new Optimizer(rule, list);
    }

    /** Moves every parameter that has a gradient ({@link Tensor#grad}), with its learning rate times {@code factor}. */
    public void step(double factor) {
        try (var off = Tensors.noGrad()) {
            for (Slot slot : all) {
                try (var scope = Scope.open()) {
                    Parameter parameter = slot.parameter;
                    Tensor gradient = parameter.tensor().grad();
                    if (gradient.defined()) {
                        rule.update(
                                parameter.tensor(),
                                gradient,
                                slot.remembered,
                                ++slot.steps,
                                parameter.rate() * factor,
                                parameter.weightDecay());
                    }
                }
            }
        }
    }

    /** The slots and counts under {@code parameter/slot}; handles on the live tensors, which the next step changes. */
    @Override
    public Map<String, Tensor> state() {
        var state = new LinkedHashMap<String, Tensor>();
        for (Slot slot : all) {
            String name = slot.parameter.name();
            for (int i = 0; i < slot.remembered.length; i++) {
                state.put(name + "/" + rule.slots().get(i), slot.remembered[i]);
            }
            state.put(name + "/step", Tensors.longs(new long[] {slot.steps}));
        }
        return state;
    }

    @Override
    public void restore(Map<String, Tensor> state) {
        try (var off = Tensors.noGrad();
                var scope = Scope.open()) {
            for (Slot slot : all) {
                String name = slot.parameter.name();
                for (int i = 0; i < slot.remembered.length; i++) {
                    slot.remembered[i].copy_(Remembering.required(
                            state, name + "/" + rule.slots().get(i)));
                }
                slot.steps = Tensors.toLongs(Remembering.required(state, name + "/step"))[0];
            }
        }
    }

    @Override
    public void close() {
        for (Slot slot : all) {
            for (Tensor tensor : slot.remembered) {
                tensor.close();
            }
        }
    }
}
