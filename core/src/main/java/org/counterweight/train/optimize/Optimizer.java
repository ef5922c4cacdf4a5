package org.counterweight.train.optimize;

import static org.counterweight.engine.Tensors.scalar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.train.state.Remembering;
import org.counterweight.train.state.TrainingException;

/**
 * Applies an {@link UpdateRule} to named parameters, each with a learning rate and weight decay of its own, and keeps what
 * the rule remembers. A parameter that got no gradient is left alone, its decay and its count of steps included.
 *
 * <p>Not thread-safe. The slots belong to this object: {@link #close} frees them. The parameters do not.
 */
public final class Optimizer implements Remembering, AutoCloseable {
    /** Numbers a piece: four tensors of float32 are 1 MiB, half of a core's second-level cache. */
    private static final long PIECE = 1 << 16;

    private final UpdateRule rule;
    private final List<SlotSpec> specs;
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

    /** @throws IllegalArgumentException if the rule's slots do not go together, or not with pieces of parameters */
    public Optimizer(UpdateRule rule, List<Parameter> parameters) {
        this.rule = rule;
        this.specs = checked(rule);
        try (var scope = Scope.open()) {
            for (Parameter parameter : parameters) {
                Tensor[] remembered = new Tensor[specs.size()];
                for (int i = 0; i < remembered.length; i++) {
                    remembered[i] = Scope.own(specs.get(i).create(parameter.tensor()));
                }
                all.add(new Slot(parameter, remembered));
            }
        }
    }

    private static List<SlotSpec> checked(UpdateRule rule) {
        var names = new HashSet<String>();
        for (SlotSpec slot : rule.slots()) {
            if (!names.add(slot.name())) {
                throw new IllegalArgumentException(rule + " has two slots called " + slot.name());
            }
            if (rule.elementwise() && slot.shape() != SlotSpec.Shape.PARAMETER) {
                throw new IllegalArgumentException(
                        rule + " moves every number by itself, but its slot " + slot.name() + " has not one for each");
            }
        }
        return List.copyOf(rule.slots());
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
                    Tensor gradient = slot.parameter.tensor().grad();
                    if (gradient.defined()) {
                        slot.steps++;
                        update(slot, gradient, slot.parameter.rate() * factor);
                    }
                }
            }
        }
    }

    /**
     * An elementwise rule is a handful of passes over its tensors: done piece by piece, all but the first find theirs in the cache. On 22
     * million numbers and two cores AdamW took a fifth of the time. The results are the same to the last bit.
     */
    private void update(Slot slot, Tensor gradient, double rate) {
        Tensor parameter = slot.parameter.tensor();
        long length = parameter.numel();
        if (!rule.elementwise() || length <= PIECE || !parameter.is_cpu() || !parameter.is_contiguous()) {
            rule.update(parameter, gradient, slot.remembered, slot.steps, rate, slot.parameter.weightDecay());
            return;
        }
        Tensor p = parameter.view(length);
        Tensor g = gradient.reshape(length);
        for (long from = 0; from < length; from += PIECE) {
            try (var scope = Scope.open()) {
                long size = Math.min(PIECE, length - from);
                Tensor[] remembered = new Tensor[slot.remembered.length];
                for (int i = 0; i < remembered.length; i++) {
                    remembered[i] = slot.remembered[i].view(length).narrow(0, from, size);
                }
                rule.update(
                        p.narrow(0, from, size),
                        g.narrow(0, from, size),
                        remembered,
                        slot.steps,
                        rate,
                        slot.parameter.weightDecay());
            }
        }
    }

    /** Forgets everything: as if no step had been taken. */
    public void reset() {
        try (var off = Tensors.noGrad()) {
            for (Slot slot : all) {
                for (int i = 0; i < slot.remembered.length; i++) {
                    slot.remembered[i].fill_(scalar(specs.get(i).start()));
                }
                slot.steps = 0;
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
                state.put(name + "/" + specs.get(i).name(), slot.remembered[i]);
            }
            state.put(name + "/" + SlotSpec.STEP, Tensors.longs(new long[] {slot.steps}));
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
                    restore(slot.remembered[i], state, name + "/" + specs.get(i).name());
                }
                slot.steps = Tensors.toLongs(Remembering.required(state, name + "/" + SlotSpec.STEP))[0];
            }
        }
    }

    private static void restore(Tensor slot, Map<String, Tensor> state, String name) {
        Tensor saved = Remembering.required(state, name);
        long[] shape = Tensors.shape(slot);
        if (!Arrays.equals(Tensors.shape(saved), shape)) { // a copy would stretch what is too small
            throw new TrainingException(name + " of the checkpoint is " + Arrays.toString(Tensors.shape(saved))
                    + ", the optimizer's is " + Arrays.toString(shape) + "; it was written by a run of another model");
        }
        slot.copy_(saved);
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
